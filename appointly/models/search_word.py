"""The words that occur in listings."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class SearchWord(SQLModel, table=True):
    """What a mistyped word may have meant. Words are added with the listings and never taken away."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_prefix", "word", postgresql_ops={"word": "text_pattern_ops"}),
        Index("ix_search_word_trigrams", "word", postgresql_using="gist", postgresql_ops={"word": "gist_trgm_ops"}),
    )

    word: str = Field(primary_key=True)
