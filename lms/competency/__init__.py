"""What was observed: frameworks of competencies, assessments, who may rate."""
