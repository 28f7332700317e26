-- When the owner was last mailed about a change of the password: counted apart from warned_at, so that nobody can use up
-- the one warning of the hour before changing it
ALTER TABLE account ADD COLUMN password_warned_at BIGINT;
