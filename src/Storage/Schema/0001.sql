-- Every record is version | content | CRC-32C; every id is a number, so that the rows around a damaged page can be found.

-- id: number of the session. record: its terms.
CREATE TABLE session (id INTEGER PRIMARY KEY, record BLOB NOT NULL);

-- record: what the subscription asks for.
CREATE TABLE subscription (session INTEGER NOT NULL, filter TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (session, filter)) WITHOUT ROWID;

-- id: session << 16 | Packet Identifier of an incoming QoS 2 message that is not released. record: nothing but the checksum.
CREATE TABLE received (id INTEGER PRIMARY KEY, record BLOB NOT NULL);

-- id: 63 bits of the SHA-256 of the Topic Name. record: the message.
CREATE TABLE retained (id INTEGER PRIMARY KEY, record BLOB NOT NULL);

-- Entries of one queue with consecutive positions, written by one commit. id: queue << 40 | position of the first.
-- head: what is known of each without its message. messages: those that are not shared, one after another.
CREATE TABLE segment (id INTEGER PRIMARY KEY, head BLOB NOT NULL, messages BLOB);

-- Messages that stand in several queues. id: any.
CREATE TABLE shared (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
