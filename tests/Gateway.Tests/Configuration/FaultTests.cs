using Edge.EndToEnd.Tests.Harness;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>What is refused, and how it is told: key, line, value and what would be right.</summary>
public sealed class FaultTests : IDisposable
{
    private const string Address = "\"mqtt://host:port\" or \"mqtts://host:port\" without anything else "
        + "(user name and password have keys of their own; ws and wss are not available in this version)";

    private const string HostName = "a host name such as \"a.example.org\" or \"*.example.org\", or an array of them";

    private const string Own = "certificate = 'own.pem'\nkey = 'own.pem'\n";

    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Theory]
    [InlineData("mqtt.max_inflight = 0", "mqtt.max_inflight is 0; it must be a whole number from 1 to 65535")]
    [InlineData("mqtt.max_inflight = '32'", "mqtt.max_inflight is \"32\"; it must be a whole number from 1 to 65535")]
    [InlineData("mqtt.max_inflight = [1]", "mqtt.max_inflight is an array; it must be a whole number from 1 to 65535")]
    [InlineData("mqtt.max_inflight.x = 1", "mqtt.max_inflight is a table; it must be a whole number from 1 to 65535")]
    [InlineData("mqtt.max_packet_size = '1MB'", "mqtt.max_packet_size is \"1MB\"; it must be a size from \"1KiB\" to \"256MiB\", or a whole number of octets")]
    [InlineData("mqtt.max_packet_size = '257MiB'", "mqtt.max_packet_size is \"257MiB\"; it must be a size from \"1KiB\" to \"256MiB\", or a whole number of octets")]
    [InlineData("mqtt.connect_timeout = '5 s'", "mqtt.connect_timeout is \"5 s\"; it must be a duration from \"100ms\" to \"10m\"")]
    [InlineData("mqtt.connect_timeout = 10", "mqtt.connect_timeout is 10; it must be a duration from \"100ms\" to \"10m\"")]
    [InlineData("mqtt.server_keep_alive = '1500ms'", "mqtt.server_keep_alive is \"1500ms\"; it must be a duration from \"0\" to \"18h\" in whole seconds")]
    [InlineData("mqtt.overflow = 'drop'", "mqtt.overflow is \"drop\"; it must be \"drop-oldest\" or \"drop-newest\"")]
    [InlineData("mqtt.max_message_rate = '5'", "mqtt.max_message_rate is \"5\"; it must be a rate such as \"500/s\", \"1000/10s\" or \"30/m\", in a second or longer, or 0")]
    [InlineData("mqtt.max_byte_rate = 64", "mqtt.max_byte_rate is 64; it must be a rate such as \"64KiB/s\" or \"1MiB/10s\", in a second or longer, or 0")]
    [InlineData("mqtt = 1", "mqtt is 1; it must be a table, written [mqtt]")]
    [InlineData("[[mqtt]]", "mqtt is an array; it must be a table, written [mqtt]")]
    [InlineData("log.level = 'warn'", "log.level is \"warn\"; it must be \"trace\", \"debug\", \"info\", \"warning\" or \"error\"")]
    [InlineData("listeners.mqtt.enabled = 'yes'", "listeners.mqtt.enabled is \"yes\"; it must be true or false")]
    [InlineData("gateway.name = 'a/b'", "gateway.name is \"a/b\"; it must be a text without /, +, # and control characters")]
    [InlineData("gateway.name = 1979-05-27", "gateway.name is 1979-05-27; it must be a text without /, +, # and control characters")]
    [InlineData("gateway.dat_dir = 'x'", "gateway.dat_dir is no known key; the nearest is gateway.data_dir")]
    [InlineData("[mqtsn]\nretry_limit = 3", "mqtsn is no known key; the nearest is mqttsn")]
    [InlineData("auth.allow_anonymous = 'yes'", "auth.allow_anonymous is \"yes\"; it must be true, false or \"loopback\"")]
    [InlineData("auth.allow_anonymous = false", "auth.allow_anonymous is false, and there is neither auth.users_file nor auth.jwt.key_file, so nobody could connect; it must be \"loopback\" or true, or there must be users")]
    [InlineData("mqttsn.predefined_topics = { 0 = 'a' }", "mqttsn.predefined_topics.0 is no topic id; it must be a whole number from 1 to 65534, since 0 and 65535 are reserved")]
    [InlineData("mqttsn.predefined_topics = { 1 = 'a/#' }", "mqttsn.predefined_topics.1 is \"a/#\"; it must be a Topic Name, in which ${clientid} is the only placeholder, and wildcards are for filters")]
    [InlineData("mqttsn.predefined_topics = { 1 = '${username}' }", "mqttsn.predefined_topics.1 is \"${username}\"; it must be a Topic Name, in which ${clientid} is the only placeholder, and wildcards are for filters")]
    [InlineData("mqttsn.client = [ { client_id = 'v' }, { client_id = 'v' } ]", "mqttsn.client.1.client_id is \"v\", as in another before it; every client must be there once")]
    [InlineData("listeners.mqttsn.bind = ['127.0.0.1:1', '127.0.0.1:1']", "listeners.mqttsn.bind has \"127.0.0.1:1\" and \"127.0.0.1:1\", of which one holds the other, as \"[::]\" does with all addresses of IPv4; each must be another, or have another port")]
    [InlineData("listeners.mqttsn.bind = ['0.0.0.0:1', '[::]:1']\nauth.allow_anonymous = true", "listeners.mqttsn.bind has \"[::]:1\" and \"0.0.0.0:1\", of which one holds the other, as \"[::]\" does with all addresses of IPv4; each must be another, or have another port")]
    [InlineData("mqttsn.client = [ { } ]", "mqttsn.client.0.client_id is missing; it must be a ClientId")]
    [InlineData("mqtt.shared_subscription_groups = { g = 'first' }", "mqtt.shared_subscription_groups.g is \"first\"; it must be \"round_robin\", \"round_robin_per_group\", \"random\", \"sticky\", \"local\", \"hash_clientid\" or \"hash_topic\"")]
    [InlineData("mqtt.shared_subscription_groups = { 'a/b' = 'sticky' }", "mqtt.shared_subscription_groups.a/b is no name of a group; it must be a text without /, + and #")]
    [InlineData("mqtt.shared_subscription_groups = 'sticky'", "mqtt.shared_subscription_groups is \"sticky\"; it must be a table of groups with their strategies, such as { workers = \"sticky\" }")]
    [InlineData("mqttsn.predefined_topics = []", "mqttsn.predefined_topics is an array; it must be a table of topic ids with their Topic Names, such as { 1 = \"plant/1/temperature\" }")]
    public void A_wrong_value_is_told_with_line_key_value_and_what_would_be_right(string toml, string fault) =>
        Assert.Equal($"gateway.toml:1: {fault}", Assert.Single(_loading.Faults(toml)));

    [Theory]
    [InlineData("source = '$share/g/a'", "source is \"$share/g/a\"; it must be a Topic Filter without $share/, $queue/ or $exclusive/")]
    [InlineData("regex = '(a'", "regex is \"(a\"; it must be a regular expression without look-around and back-references")]
    [InlineData("regex = '(a)\\1'", "regex is \"(a)\\1\"; it must be a regular expression without look-around and back-references")]
    [InlineData("topic = 'b/$3'", "topic is \"b/$3\", which asks for $3; it must ask for the 2 groups of regex only")]
    [InlineData("topic = 'b/#'", "topic is \"b/#\"; it must be a Topic Name, as messages are published to it")]
    [InlineData("topic = ''", "topic is \"\"; it must be a Topic Name, as messages are published to it")]
    [InlineData("topic = 'b/${gateway}'", "topic is \"b/${gateway}\"; it must be a topic, in which $1, $2 … stand for the groups of regex, and ${clientid}, ${username}, ${host}, ${cert_common_name}, %c, %u for the client")]
    public void A_wrong_rewrite_rule_is_told_with_its_line(string line, string fault)
    {
        string[] lines = ["[[rewrite]]", "action = 'all'", "source = 'a/#'", "regex = '^a/(.+)/(.+)$'", "topic = 'b/$2'"];
        var at = Array.FindIndex(lines, whole => whole.Split(' ')[0] == line.Split(' ')[0]);
        lines[at] = line;

        Assert.Equal($"gateway.toml:{at + 1}: rewrite.0.{fault}", Assert.Single(_loading.Faults(string.Join('\n', lines))));
    }

    [Theory]
    [InlineData("topic = 'a/#/b'", "topic is \"a/#/b\"; it must be a Topic Filter, in which ${clientid}, ${username}, ${host} and ${cert_common_name} stand for the client")]
    [InlineData("topic = 'a/$1'", "topic is \"a/$1\"; it must be a Topic Filter, in which ${clientid}, ${username}, ${host} and ${cert_common_name} stand for the client")]
    [InlineData("topic = 'a/${gateway}'", "topic is \"a/${gateway}\"; it must be a Topic Filter, in which ${clientid}, ${username}, ${host} and ${cert_common_name} stand for the client")]
    [InlineData("topic = '$share/g/a'\nno_local = true", "no_local is true, which a shared subscription such as \"$share/g/a\" cannot have; it must be false or left out")]
    public void A_wrong_auto_subscription_is_told_with_its_line(string toml, string fault) =>
        Assert.Equal(
            $"gateway.toml:{1 + toml.Split('\n').Length}: auto_subscribe.0.{fault}", Assert.Single(_loading.Faults($"[[auto_subscribe]]\n{toml}")));

    [Fact]
    public void A_rewrite_rule_for_subscriptions_alone_may_lead_to_a_filter() =>
        Assert.Empty(_loading.Load("[[rewrite]]\naction = 'subscribe'\nsource = 'a'\nregex = 'a'\ntopic = 'b/#'").Faults);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("1883")]
    [InlineData(":1883")]
    [InlineData("*:1883")]
    [InlineData("127.1:1883")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("localhost:1883")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:")]
    public void A_listener_binds_to_a_whole_address_and_port(string bind) =>
        Assert.Equal(
            $"gateway.toml:1: listeners.mqtt.bind is \"{bind}\"; it must be an IP address and port such as \"127.0.0.1:1883\", \"[::1]:1883\" or \"0.0.0.0:1883\"",
            Assert.Single(_loading.Faults($"listeners.mqtt.bind = '{bind}'")));

    [Theory]
    [InlineData("[coap]\nnotify = 'ack'", "coap.notify is \"ack\"; it must be \"qos\", \"con\" or \"non\"")]
    [InlineData("auth.users_file = 'users.toml'", "auth.users_file is \"users.toml\"; it must be the path of a file that exists and can be read")]
    [InlineData("mqttsn.advertise_interval = '24h'", "mqttsn.advertise_interval is \"24h\"; it must be a duration from \"0\" to \"65535s\" in whole seconds")]
    [InlineData("mqttsn.advertise_to = []", "mqttsn.advertise_to is an array; it must be an IP address and port such as \"192.0.2.255:1883\", or an array of them")]
    [InlineData("mqttsn.multicast_groups = '192.0.2.1'", "mqttsn.multicast_groups is \"192.0.2.1\"; it must be a multicast address such as \"225.1.1.1\" or \"ff02::1884\", or an array of them")]
    public void What_this_version_does_not_have_is_refused_when_it_is_used(string toml, string fault) =>
        Assert.Equal(fault, Assert.Single(_loading.Faults(toml)).Split(": ", 2)[1]);

    [Theory]
    [InlineData("device = '/dev/ttyS0'", "serial.field.protocol is missing; it must be \"mqttsn\", \"xbee\" or \"lines\"")]
    [InlineData("protocol = 'xbee'", "serial.field.device is missing; it must be the path of a device, such as \"/dev/serial/by-id/usb-…\" or \"/dev/ttyAMA0\"")]
    [InlineData("protocol = 'xbee'\ndevice = 'COM1'", "serial.field.device is \"COM1\"; it must be the path of a device, such as \"/dev/serial/by-id/usb-…\" or \"/dev/ttyAMA0\"")]
    [InlineData("protocol = 'xbee'\ndevice = '/dev/ttyS0'\nbaud = 0", "serial.field.baud is 0; it must be a whole number from 50 to 4000000")]
    [InlineData("protocol = 'xbee'\ndevice = '/dev/ttyS0'\nframing = 'slip'", "serial.field.framing is only for protocol = \"mqttsn\"; it must be left out")]
    [InlineData("protocol = 'mqttsn'\ndevice = '/dev/ttyS0'\napi_mode = 1", "serial.field.api_mode is only for protocol = \"xbee\"; it must be left out")]
    [InlineData("protocol = 'mqttsn'\ndevice = '/dev/ttyS0'\ntopic = 'a'", "serial.field.topic is only for protocol = \"lines\"; it must be left out")]
    [InlineData("protocol = 'mqttsn'\ndevice = '/dev/ttyS0'\ndata_bits = 7", "serial.field.data_bits is 7, and its protocol uses whole octets; it must be 8")]
    [InlineData("protocol = 'lines'\ndevice = '/dev/ttyS0'\ntopic = 'a/${topic}'", "serial.field.topic is \"a/${topic}\", and plain lines name no topic; it must do without ${topic}, or format must be \"json\"")]
    [InlineData("protocol = 'lines'\ndevice = '/dev/ttyS0'\ntopic = '$SYS/a'", "serial.field.topic is \"$SYS/a\"; it must be a Topic Name, not below $SYS; ${topic}, ${name} and ${gateway} are the only placeholders in it")]
    [InlineData("protocol = 'lines'\ndevice = '/dev/ttyS0'\ntopic = '${device}'", "serial.field.topic is \"${device}\"; it must be a Topic Name, not below $SYS; ${topic}, ${name} and ${gateway} are the only placeholders in it")]
    [InlineData("protocol = 'lines'\ndevice = '/dev/a'\n[[serial]]\nname = 'field'\nprotocol = 'lines'\ndevice = '/dev/b'", "serial.field is there twice; every serial line must have a name of its own")]
    [InlineData("protocol = 'lines'\ndevice = '/dev/a'\n[[serial]]\nname = 'f'\nprotocol = 'lines'\ndevice = '/dev/a'", "serial.f.device is \"/dev/a\", as in serial.field; one line cannot be shared, so it must be another")]
    public void A_serial_line_that_cannot_work_is_refused(string toml, string fault) =>
        Assert.Equal(fault, Assert.Single(_loading.Faults($"[[serial]]\nname = 'field'\n{toml}")).Split(": ", 2)[1]);

    [Theory]
    [InlineData("1"), InlineData("192.0.2.7"), InlineData("a b"), InlineData("")]
    public void The_name_of_a_serial_line_looks_like_no_address(string name) =>
        Assert.EndsWith(
            $".name is \"{name}\"; it must be a name of letters, digits, - and _ that begins with a letter",
            Assert.Single(_loading.Faults($"[[serial]]\nname = '{name}'\nprotocol = 'lines'\ndevice = '/dev/ttyS0'")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("auth.chain = ['scram', 'scram']", "auth.chain is an array; it must be an array of \"jwt\", \"scram\" and \"password\", each once at most, at least one")]
    [InlineData("auth.chain = []", "auth.chain is an array; it must be an array of \"jwt\", \"scram\" and \"password\", each once at most, at least one")]
    [InlineData("auth.chain = ['scram']", "auth.chain names \"scram\", and there is no auth.users_file; it must be given, or \"scram\" be left out")]
    [InlineData("auth.chain = ['ldap']", "auth.chain is an array; it must be an array of \"jwt\", \"scram\" and \"password\", each once at most, at least one")]
    [InlineData("auth.chain = ['jwt']", "auth.chain names \"jwt\", and there is no auth.jwt.key_file; it must be given, or \"jwt\" be left out")]
    [InlineData("auth.jwt.leeway = '1s'", "auth.jwt.key_file is missing; without keys no token is taken, so it must be given, or the rest of auth.jwt left out")]
    [InlineData("auth.jwt.claims = 'x'\nauth.jwt.key_file = 'gateway.toml'", "auth.jwt.claims is \"x\"; it must be a table of claims with their values, such as { iss = \"plant\", device = \"${clientid}\" }")]
    [InlineData("auth.jwt.key_file = 'gateway.toml'\nauth.jwt.claims.iss = '${gateway}'", "auth.jwt.claims.iss is \"${gateway}\"; it must be a text, in which ${clientid} and ${username} are the only placeholders")]
    [InlineData("auth.jwt.key_file = 'gateway.toml'\nauth.jwt.from = 'username'\nauth.jwt.claims.iss = 'x${username}'", "auth.jwt.claims.iss is \"x${username}\", and with auth.jwt.from = \"username\" the user name is the token itself; it must not hold ${username}")]
    [InlineData("auth.jwt.key_file = 'keys'", "auth.jwt.key_file is \"keys\"; it must be the path of a file that exists and can be read")]
    [InlineData("auth.jwt.key_file = 'short'", "auth.jwt.key_file names short, which holds a secret of 5 octets; it must be at least 32; or it must be a JWK Set or PEM")]
    public void What_lets_nobody_prove_who_it_is_is_refused(string toml, string fault)
    {
        _loading.File("short", "12345");

        Assert.Equal(fault, Assert.Single(_loading.Faults(toml)).Split(": ", 2)[1]);
    }

    [Theory]
    [InlineData("[[bridge]]\nname = 'c'\naddress = 'mqtt://h'\n[bridge.queue]\ndrain_rate = 0")]
    public void What_this_version_does_not_have_may_be_turned_off(string toml) => Assert.Empty(_loading.Load(toml).Faults);

    [Theory]
    [InlineData("listeners.mqtt.bind = '0.0.0.0:1883'", "listeners.mqtt.bind", "0.0.0.0:1883", "1883")]
    [InlineData("listeners.mqtt.bind = '[::]:1883'", "listeners.mqtt.bind", "[::]:1883", "1883")]
    [InlineData("listeners.ws.bind = '0.0.0.0:8083'", "listeners.ws.bind", "0.0.0.0:8083", "8083")]
    [InlineData("listeners.mqttsn.bind = '192.0.2.1:2000'", "listeners.mqttsn.bind", "192.0.2.1:2000", "2000")]
    [InlineData("listeners.coap.bind = '0.0.0.0:5683'", "listeners.coap.bind", "0.0.0.0:5683", "5683")]
    public void A_listener_beyond_loopback_is_refused_while_nobody_needs_to_authenticate(string toml, string key, string bind, string port)
    {
        Assert.Equal(
            $"gateway.toml:1: {key} is \"{bind}\", beyond loopback, while nobody needs to authenticate; "
                + $"it must be a loopback address such as \"127.0.0.1:{port}\", or auth.allow_anonymous = true must say that this is meant",
            Assert.Single(_loading.Faults(toml)));

        Assert.Empty(_loading.Load($"{toml}\nauth.allow_anonymous = true").Faults);
        Assert.Empty(_loading.Load($"{toml}\n{key.Replace("bind", "enabled", StringComparison.Ordinal)} = false").Faults);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("'loopback'")]
    public void A_listener_may_be_beyond_loopback_when_there_are_users_but_not_for_MQTT_SN_which_knows_none(string anonymous)
    {
        _loading.File("users.toml", "");
        var auth = $"auth.users_file = 'users.toml'\nauth.allow_anonymous = {anonymous}\n";

        Assert.Empty(_loading.Load($"{auth}listeners.mqtt.bind = '0.0.0.0:1883'\nlisteners.coap.bind = '0.0.0.0:5683'").Faults);
        Assert.Equal(
            "gateway.toml:3: listeners.mqttsn.bind is \"0.0.0.0:1884\", beyond loopback, where MQTT-SN clients, which have no password, would not be let in; "
                + "it must be a loopback address such as \"127.0.0.1:1884\", or auth.allow_anonymous = true must say that this is meant",
            Assert.Single(_loading.Faults($"{auth}listeners.mqttsn.bind = '0.0.0.0:1884'")));
    }

    [Theory]
    [InlineData("enabled = true", "listeners.mqttsn_dtls.psk_file is missing, and so is certificate; one of them must be there")]
    [InlineData("psk_file = 'bad'", "listeners.mqttsn_dtls.psk_file is \"{0}/bad\", of which line 2 is wrong; each must be \"identity:key\", the key in hexadecimal, and no identity there twice")]
    [InlineData("psk_file = 'no'", "listeners.mqttsn_dtls.psk_file is \"no\"; it must be the path of a file that exists and can be read")]
    [InlineData("certificate = 'own.pem'", "listeners.mqttsn_dtls.key is missing; it must be the path of a PEM file with the private key of certificate")]
    [InlineData("psk_file = 'psk'\nclient_ca = 'own.pem'", "listeners.mqttsn_dtls.certificate is missing; client_ca needs the listener's own certificate")]
    [InlineData("psk_file = 'psk'\nclient_id = 'mine'", "listeners.mqttsn_dtls.client_id is \"mine\"; it must be \"any\" or \"user\"")]
    [InlineData("psk_file = 'psk'\nbind = '0.0.0.0:8885'", null)]
    [InlineData("certificate = 'own.pem'\nkey = 'own.pem'\nclient_ca = 'own.pem'", null)]
    [InlineData("certificate = 'own.pem'\nkey = 'own.pem'\nbind = '0.0.0.0:8885'", "listeners.mqttsn_dtls.bind is \"0.0.0.0:8885\", beyond loopback, while nobody needs to authenticate; "
        + "it must be a loopback address such as \"127.0.0.1:8885\", or auth.allow_anonymous = true must say that this is meant")]
    public void A_DTLS_listener_needs_keys_or_a_certificate_that_can_be_used(string toml, string? expected)
    {
        _loading.File("own.pem", TestCertificate.Pem);
        _loading.File("psk", "dev1:00ff");
        var folder = Path.GetDirectoryName(_loading.File("bad", "dev1:00ff\ndev2:0x00"));

        var faults = _loading.Load($"[listeners.mqttsn_dtls]\n{toml}").Faults.Select(fault => fault.ToString().Split(": ", 2)[1]);

        Assert.Equal(expected is null ? [] : [expected.Replace("{0}", folder, StringComparison.Ordinal)], faults);
    }

    [Fact]
    public void What_a_DTLS_listener_shows_must_be_a_certificate_with_its_key_and_whom_it_trusts_roots()
    {
        _loading.File("own.pem", TestCertificate.Pem);
        _loading.File("not.pem", "nothing");

        Assert.StartsWith(
            "gateway.toml:4: listeners.mqttsn_dtls.key is ",
            Assert.Single(_loading.Faults("[listeners.mqttsn_dtls]\n\ncertificate = 'own.pem'\nkey = 'not.pem'")),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "gateway.toml:4: listeners.mqttsn_dtls.client_ca is ",
            Assert.Single(_loading.Faults("[listeners.mqttsn_dtls]\ncertificate = 'own.pem'\nkey = 'own.pem'\nclient_ca = 'not.pem'")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_listener_may_be_beyond_loopback_when_certificates_say_who_clients_are()
    {
        _loading.File("own.pem", TestCertificate.Pem);
        const string Listener = "[listeners.mqtts]\nbind = '0.0.0.0:8883'\ncertificate = 'own.pem'\nkey = 'own.pem'\nclient_ca = 'own.pem'\n";

        Assert.Empty(_loading.Load($"{Listener}[auth]\nallow_anonymous = false\ncertificate_identity = 'common-name'").Faults);
        Assert.Single(_loading.Faults(Listener));
        Assert.Single(_loading.Faults("auth.allow_anonymous = false\nauth.certificate_identity = 'common-name'"));
    }

    [Theory]
    [InlineData("127.0.0.2:1883")]
    [InlineData("[::1]:0")]
    [InlineData("[::ffff:127.0.0.1]:1883")]
    public void Every_loopback_address_is_one(string bind) => Assert.Empty(_loading.Load($"listeners.mqtt.bind = '{bind}'").Faults);

    [Theory]
    [InlineData("enabled = true", "certificate is missing; it must be the path of a PEM file with the listener's certificate")]
    [InlineData("key = 'own.pem'", "certificate is missing; it must be the path of a PEM file with the listener's certificate")]
    [InlineData("certificate = 'own.pem'", "key is missing; it must be the path of a PEM file with the private key of certificate")]
    [InlineData("certificate = 'none.pem'\nkey = 'own.pem'", "certificate is \"none.pem\"; it must be the path of a file that exists and can be read")]
    [InlineData("certificate = 'text'\nkey = 'own.pem'", "certificate is \"text\"; it must be a PEM file with the listener's certificate: it holds none.")]
    [InlineData("certificate = 'own.pem'\nkey = 'text'", "key is \"text\"; it must be a PEM file with the private key, not encrypted, of the first certificate in \"own.pem\": …")]
    [InlineData("certificate = 'own.pem'\nkey = 'other.pem'", "key is \"other.pem\"; it must be a PEM file with the private key, not encrypted, of the first certificate in \"own.pem\": …")]
    [InlineData("certificate = 'own.pem'\nkey = 'own.pem'\nclient_ca = 'text'", "client_ca is \"text\"; it must be a PEM file with the root certificates that sign the clients': it holds none.")]
    [InlineData("certificate = 'own.pem'\nkey = 'own.pem'\nclient_ca = 'issued.pem'", "client_ca is \"issued.pem\"; it must be a PEM file with the root certificates that sign the clients': none in it is self-signed.")]
    [InlineData("certificate = 'own.pem'\nkey = 'own.pem'\nrequire_client_certificate = true", "client_ca is missing; require_client_certificate needs the root certificates that sign the clients'")]
    [InlineData("certificate = 'own.pem'\nkey = 'own.pem'\nbind = '0.0.0.0:7'", "bind is \"0.0.0.0:7\", beyond loopback, while nobody needs to authenticate; it must be …")]
    [InlineData("certificates = [ { server_name = 'a', certificate = 'own.pem', key = 'own.pem' } ]", "certificate is missing; it must be the path of a PEM file with the listener's certificate")]
    [InlineData(Own + "certificates = 'a'", "certificates is \"a\"; it must be an array of tables, each written [[listeners.…")]
    [InlineData(Own + "certificates = [ { server_name = '127.0.0.1', certificate = 'own.pem', key = 'own.pem' } ]", "certificates.0.server_name is \"127.0.0.1\"; it must be " + HostName)]
    [InlineData(Own + "certificates = [ { server_name = [], certificate = 'own.pem', key = 'own.pem' } ]", "certificates.0.server_name is an array; it must be " + HostName)]
    [InlineData(Own + "certificates = [ { server_name = 'a.*.b', certificate = 'own.pem', key = 'own.pem' } ]", "certificates.0.server_name is \"a.*.b\"; it must be " + HostName)]
    [InlineData(Own + "certificates = [ { server_name = 'bücher', certificate = 'own.pem', key = 'own.pem' } ]", "certificates.0.server_name is \"bücher\"; it must be " + HostName)]
    [InlineData(Own + "certificates = [ { certificate = 'own.pem', key = 'own.pem' } ]", "certificates.0.server_name is missing; it must be " + HostName)]
    [InlineData(Own + "certificates = [ { server_name = 'a', certificate = 'own.pem' } ]", "certificates.0.key is missing; it must be the path of a file that exists and can be read")]
    [InlineData(Own + "certificates = [ { server_name = 'a', certificate = 'own.pem', key = 'other.pem' } ]", "certificates.0.key is \"other.pem\"; it must be a PEM file with the private key, not encrypted, of the first certificate in \"own.pem\": …")]
    [InlineData(Own + "certificates = [ { server_name = ['a', '*.b'], certificate = 'own.pem', key = 'own.pem' }, { server_name = '*.B', certificate = 'own.pem', key = 'own.pem' } ]",
        "certificates.1.server_name is \"*.b\", which a certificate has already; each name must stand once")]
    public void Files_of_a_listener_that_give_no_TLS_are_told(string toml, string fault)
    {
        _loading.File("own.pem", TestCertificate.Pem);
        _loading.File("text", "no certificate");
        var issued = new CertificateAuthority(_loading.Folder, "root").Issue("issued");
        _loading.File("other.pem", File.ReadAllText(issued.Key));
        foreach (var listener in (string[])["mqtts", "wss"])
        {
            var told = Assert.Single(_loading.Faults($"[listeners.{listener}]\n{toml}")).Split(": ", 2)[1];

            var expected = $"listeners.{listener}.{fault}";
            Assert.Equal(expected, expected.EndsWith('…') ? string.Concat(told.AsSpan(0, expected.Length - 1), "…") : told);
        }
    }

    [Theory]
    [InlineData("name = 'a b'", "name is \"a b\"; it must be a name of letters, digits, - and _", "bridge.a b")]
    [InlineData("address = 'broker.example.com'", "address is \"broker.example.com\"; it must be " + Address)]
    [InlineData("address = 'http://broker'", "address is \"http://broker\"; it must be " + Address)]
    [InlineData("address = 'ws://broker'", "address is \"ws://broker\"; it must be " + Address)]
    [InlineData("address = 'mqtt://broker/x'", "address is \"mqtt://broker/x\"; it must be " + Address)]
    [InlineData("address = 'mqtt://user:secret@broker'", "address is \"mqtt://…@broker\"; it must be " + Address)]
    [InlineData("client_id = '${host}'", "client_id is \"${host}\"; it must be a text; ${gateway} is the only placeholder in it")]
    [InlineData("client_id = '${topic}'", "client_id is \"${topic}\"; it must be a text; ${gateway} is the only placeholder in it")]
    [InlineData("forward = [ { filter = 'a/#/b' } ]", "forward.0.filter is \"a/#/b\"; it must be a Topic Filter; ${gateway} is the only placeholder in it")]
    [InlineData("forward = [ { filter = '${topic}' } ]", "forward.0.filter is \"${topic}\"; it must be a Topic Filter; ${gateway} is the only placeholder in it")]
    [InlineData("forward = [ { qos = 1 } ]", "forward.0.filter is missing; it must be a Topic Filter; ${gateway} is the only placeholder in it")]
    [InlineData("forward = [ { filter = 'a', qos = 3 } ]", "forward.0.qos is 3; it must be a whole number from 0 to 2")]
    [InlineData("receive = [ { filter = 'a', topic = '${x}' } ]", "receive.0.topic is \"${x}\"; it must be a Topic Name, not below $SYS; ${topic} and ${gateway} are the only placeholders in it")]
    [InlineData("receive = [ { filter = 'a', topic = '$SYS/${topic}' } ]", "receive.0.topic is \"$SYS/${topic}\"; it must be a Topic Name, not below $SYS; ${topic} and ${gateway} are the only placeholders in it")]
    [InlineData("receive = [ { filter = 'a', topic = 'b/#' } ]", "receive.0.topic is \"b/#\"; it must be a Topic Name, not below $SYS; ${topic} and ${gateway} are the only placeholders in it")]
    [InlineData("receive = [ { filter = 'a' }, { filter = 'b' }, { filter = 'a', qos = 2 } ]", "receive.2.filter is \"a\", as in a rule before it, which decides; every filter must be there once")]
    [InlineData("forward = [ 'a/#' ]", "forward.0 is \"a/#\"; it must be a table")]
    [InlineData("forward = 'a/#'", "forward is \"a/#\"; it must be an array of tables such as [ { filter = \"sensors/#\", qos = 1, topic = \"${topic}\" } ]")]
    [InlineData("reconnect_min = '2m'", "reconnect_min is \"2m\"; it must be at most reconnect_max, \"1m\"")]
    [InlineData("queue.drain_rate = 100", "queue.drain_rate is 100; a limit on the rate of draining is not available in this version, so it must be 0 or left out")]
    [InlineData("queu.max_bytes = 1", "queu is no known key; the nearest is bridge.c.queue")]
    [InlineData("password = 'secret'", "password is no known key; the nearest is bridge.c.password_file")]
    public void A_wrong_bridge_is_told_by_its_name(string toml, string fault, string bridge = "bridge.c")
    {
        var name = toml.StartsWith("name", StringComparison.Ordinal) ? "" : "name = 'c'\n";
        var address = toml.StartsWith("address", StringComparison.Ordinal) ? "" : "address = 'mqtt://h'\n";

        Assert.Equal($"{bridge}.{fault}", Assert.Single(_loading.Faults($"[[bridge]]\n{name}{address}{toml}")).Split(": ", 2)[1]);
    }

    [Fact]
    public void A_bridge_needs_a_name_and_an_address() =>
        Assert.Equal(
            [
                "gateway.toml:1: bridge.0.name is missing; it must be a name of letters, digits, - and _",
                $"gateway.toml:1: bridge.0.address is missing; it must be {Address}",
            ],
            _loading.Faults("[[bridge]]\n"));

    [Fact]
    public void A_single_table_is_no_bridge() =>
        Assert.Equal("gateway.toml:1: bridge is a table; it must be an array of tables, each written [[bridge]]", Assert.Single(_loading.Faults("[bridge]\nname='c'")));

    [Fact]
    public void Bridges_do_not_share_a_name_nor_an_identity_at_one_broker() =>
        Assert.Equal(
            [
                "gateway.toml:4: bridge.a is there twice; every bridge must have a name of its own",
                "gateway.toml:7: bridge.b.client_id is \"host-1\", as in bridge.a at the same address; they would take the connection from one another, so it must be another",
            ],
            _loading.Faults("[[bridge]]\nname='a'\naddress='mqtt://h'\n[[bridge]]\nname='a'\naddress='mqtt://i'\n[[bridge]]\nname='b'\naddress='mqtt://H:1883'"));

    [Fact]
    public void A_password_needs_a_user_name_but_in_mqtt_5()
    {
        _loading.File("password", "secret");

        Assert.Equal(
            "gateway.toml:4: bridge.c.password_file needs a username beside it, unless protocol is \"5.0\"",
            Assert.Single(_loading.Faults("[[bridge]]\nname='c'\naddress='mqtt://h'\npassword_file='password'")));
        Assert.Empty(_loading.Load("[[bridge]]\nname='c'\naddress='mqtt://h'\npassword_file='password'\nprotocol='5.0'").Faults);
        Assert.Empty(_loading.Load("[[bridge]]\nname='c'\naddress='mqtt://h'\npassword_file='password'\nusername='u'").Faults);
    }

    [Fact]
    public void Every_file_that_is_missing_is_named()
    {
        const string bridge = "[[bridge]]\nname='c'\naddress='mqtts://h'\nusername='u'\npassword_file='p'\nca_file='ca.pem'\ncertificate='c.pem'\nkey='k.pem'";

        Assert.Equal(
            [
                "gateway.toml:5: bridge.c.password_file is \"p\"; it must be the path of a file that exists and can be read",
                "gateway.toml:6: bridge.c.ca_file is \"ca.pem\"; it must be the path of a file that exists and can be read",
                "gateway.toml:7: bridge.c.certificate is \"c.pem\"; it must be the path of a file that exists and can be read",
                "gateway.toml:8: bridge.c.key is \"k.pem\"; it must be the path of a file that exists and can be read",
            ],
            _loading.Faults(bridge));
    }

    [Fact]
    public void Certificates_are_looked_into()
    {
        _loading.File("not.pem", "nothing");

        var faults = _loading.Faults("[[bridge]]\nname='c'\naddress='mqtts://h'\nca_file='not.pem'\ncertificate='not.pem'\nkey='not.pem'");

        Assert.StartsWith("gateway.toml:4: bridge.c.ca_file is \"not.pem\"; it must be a PEM file with certificates", faults[0], StringComparison.Ordinal);
        Assert.StartsWith("gateway.toml:5: bridge.c.certificate is \"not.pem\"; it must be a PEM file with the certificate that key belongs to", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_told_and_not_tripped_over()
    {
        var issued = new CertificateAuthority(_loading.Folder, "root").Issue("issued");
        _loading.File("own.pem", TestCertificate.Pem);
        _loading.File("other.pem", File.ReadAllText(issued.Key));

        var fault = Assert.Single(_loading.Faults("[[bridge]]\nname='c'\naddress='mqtts://h'\ncertificate='own.pem'\nkey='other.pem'"));

        Assert.StartsWith("gateway.toml:4: bridge.c.certificate is \"own.pem\"; it must be a PEM file with the certificate that key belongs to", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_are_for_tls_and_a_certificate_needs_its_key()
    {
        _loading.File("x.pem", TestCertificate.Pem);

        Assert.Equal(
            [
                "gateway.toml:4: bridge.c.ca_file is for TLS; address must begin with mqtts://",
                "gateway.toml:5: bridge.c.certificate is for TLS; address must begin with mqtts://",
                "gateway.toml:5: bridge.c.certificate is not enough; certificate and key go together",
            ],
            _loading.Faults("[[bridge]]\nname='c'\naddress='mqtt://h'\nca_file='x.pem'\ncertificate='x.pem'"));
        Assert.Empty(_loading.Load("[[bridge]]\nname='c'\naddress='mqtts://h'\nca_file='x.pem'\ncertificate='x.pem'\nkey='x.pem'").Faults);
    }

    [Fact]
    public void Every_fault_is_told_at_once_in_the_order_of_the_lines_and_then_those_from_elsewhere() =>
        Assert.Equal(
            [
                "gateway.toml:2: mqtt.overflow is 1; it must be \"drop-oldest\" or \"drop-newest\"",
                "gateway.toml:3: mqtt.max_inflight is 70_000; it must be a whole number from 1 to 65535",
                "gateway.toml:5: gateway.nam is no known key; the nearest is gateway.name",
                "gateway.toml:6: gateway.sys_interval is \"2h\"; it must be a duration from \"0\" to \"1h\"",
                "--set: log.level is 5; it must be \"trace\", \"debug\", \"info\", \"warning\" or \"error\"",
            ],
            _loading.Faults("[mqtt]\noverflow = 1\nmax_inflight = 70_000\n[gateway]\nnam = 'x'\nsys_interval = '2h'", "log.level=5"));

    [Fact]
    public void Text_that_is_no_toml_is_told_with_its_lines_and_its_keys_are_not_guessed_at()
    {
        var faults = _loading.Faults("[mqtt]\nmax_inflight = \nbind = 127.0.0.1:1883\n", "mqtt.max_inflight=0");

        Assert.Equal(["gateway.toml:2", "gateway.toml:3"], faults.Select(fault => fault.Split(": ")[0]));
        Assert.Equal("gateway.toml:2", Assert.Single(_loading.Faults("[mqtt]\n[mqtt]")).Split(": ")[0]);
        Assert.EndsWith("stand in quotes", faults[1], StringComparison.Ordinal);
    }
}
