"""Files that tournaments come from and go to: CSV, FIDE report files, and whole ones in JSON."""
