"""The page types: front, learn, catalogue, course, module, lesson, quiz."""
