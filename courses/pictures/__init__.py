"""Pictures of courses: what may be uploaded and how it is kept."""
