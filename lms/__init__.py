"""The core of Tandem: people, evidence, programmes, competency, certification; and the project itself."""
