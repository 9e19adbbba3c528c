"""Pages of the room, a file per noun: the room itself, its parts, polls, private words, reading up."""
