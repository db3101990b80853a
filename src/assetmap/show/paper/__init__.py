"""Papers in Word: the report and the review, with the words and the digits of the pages."""
