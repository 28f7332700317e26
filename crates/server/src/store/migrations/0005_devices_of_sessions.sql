-- The device that is known since the session began, to forget it with a session that is ended from elsewhere; absent where
-- there is none, or an older build began the session
ALTER TABLE session ADD COLUMN device_id TEXT;
