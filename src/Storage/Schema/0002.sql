-- Messages that are to be published later. id: order of arrival. record: when, and the message.
CREATE TABLE delayed (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
