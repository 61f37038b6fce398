-- Heads of new segments are of version 2, which says when their entries came. Nothing else changes, but programs that do not know it must not
-- take them for damaged.
SELECT 1;
