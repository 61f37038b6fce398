namespace Edge.Transports.Dtls;

/// <summary>What became of handshakes and associations since the link was opened.</summary>
/// <param name="Associations">Associations there are now.</param>
/// <param name="Handshakes">Handshakes that are under way or wait for their turn.</param>
/// <param name="Established">Handshakes that succeeded.</param>
/// <param name="Failed">Handshakes that did not: a wrong key, nothing in common, no answer in time.</param>
/// <param name="Refused">Handshakes that a limit did not let begin. The client tries again by itself.</param>
/// <param name="Expired">Associations that ended as nothing had come from them for too long, or to make room for others.</param>
/// <param name="Revoked">Associations that ended as their key was taken away or changed.</param>
public readonly record struct DtlsCounters(int Associations, int Handshakes, long Established, long Failed, long Refused, long Expired, long Revoked = 0);
