"""How things are written for people to read, and the small shapes that pages show. Knows no page and no database."""
