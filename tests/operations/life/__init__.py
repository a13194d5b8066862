"""The state machine of the whole life: its world, what people do, what must hold."""
