"""`u3edu doctor`: looks an installation over and says what is missing and what to do."""
