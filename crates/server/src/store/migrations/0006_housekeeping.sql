-- What is deleted by its age is found by it, however many there are.
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX sent_mail_time ON sent_mail (sent_at);
