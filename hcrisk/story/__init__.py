"""One simulated path, told event by event."""

from hcrisk.story.record import Event, Story
from hcrisk.story.telling import nearest_path, story

__all__ = ["Event", "Story", "nearest_path", "story"]
