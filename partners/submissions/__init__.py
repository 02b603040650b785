"""The desk in the admin: who asked for which brochure, what became of the letter, and sending it again."""
