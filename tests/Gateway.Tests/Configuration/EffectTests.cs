using System.Reflection;
using Edge.Bridge;
using Edge.Gateway.Configuration;
using Edge.LocalBroker;
using Edge.Protocols.Coap;
using Edge.Protocols.Mqtt;
using Edge.Protocols.MqttSn;
using Edge.Serial.Lines;
using Edge.Serial.Ports;
using Edge.Storage;

namespace Edge.Gateway.Tests.Configuration;

/// <summary>Each key reaches the option it is for.</summary>
public sealed class EffectTests : IDisposable
{
    private readonly Loading _loading = new();

    public EffectTests()
    {
        _loading.File("users.toml", "");
        _loading.File("acl.toml", "");
        _loading.File("banned.toml", "");
        _loading.File("psk", "dev1:00ff");
        _loading.File("keys", new string('k', 32));
    }

    public void Dispose() => _loading.Dispose();

    [Theory]
    [InlineData("gateway.name = 'edge-1'", "edge-1")]
    [InlineData("gateway.data_dir = '/data'", "/data")]
    [InlineData("gateway.sys_interval = '3s'", "00:00:03")]
    [InlineData("gateway.sys_interval = 0", "00:00:00")]
    [InlineData("gateway.client_events = false", "False")]
    [InlineData("gateway.memory_limit = '256MiB'", "268435456")]
    [InlineData("log.level = 'debug'", "Debug")]
    [InlineData("store.commit_delay = '2s'", "00:00:02 00:00:02")]
    [InlineData("store.commit_delay = '0'", "00:00:00 00:00:00.5000000")]
    [InlineData("listeners.mqtt.enabled = false", "False 127.0.0.1:1883")]
    [InlineData("listeners.mqtt.bind = '127.0.0.3:7'", "True 127.0.0.3:7")]
    [InlineData("listeners.mqtts.bind = '127.0.0.3:7'", "False 127.0.0.3:7")]
    [InlineData("listeners.ws.enabled = false", "False 127.0.0.1:8083")]
    [InlineData("listeners.ws.bind = '127.0.0.3:7'", "True 127.0.0.3:7")]
    [InlineData("listeners.ws.path = '/'", "/")]
    [InlineData("listeners.wss.bind = '127.0.0.3:7'", "False 127.0.0.3:7")]
    [InlineData("listeners.wss.path = '/a/b'", "/a/b")]
    [InlineData("listeners.mqttsn.enabled = false", "False 127.0.0.1:1884")]
    [InlineData("listeners.mqttsn.bind = '127.0.0.3:7'", "True 127.0.0.3:7")]
    [InlineData("listeners.mqttsn.bind = ['127.0.0.3:7', '[::1]:8', '127.0.0.4:9']", "True 127.0.0.3:7 [::1]:8 127.0.0.4:9")]
    [InlineData("mqttsn.advertise_interval = '20s'", "00:00:20")]
    [InlineData("mqttsn.advertise_interval = 0", "00:00:00")]
    [InlineData("mqttsn.advertise_to = ['192.0.2.255:1883', '192.0.2.7:5']", "192.0.2.255:1883 192.0.2.7:5")]
    [InlineData("mqttsn.multicast_groups = '225.1.1.1'", "225.1.1.1")]
    [InlineData("mqttsn.multicast_groups = ['225.1.1.1', 'ff02::1']", "225.1.1.1 ff02::1")]
    [InlineData("listeners.mqtt.max_connections = 5", "5 0 0 0 0 0 0 0")]
    [InlineData("listeners.mqtts.max_connections = 5", "0 5 0 0 0 0 0 0")]
    [InlineData("listeners.ws.max_connections = 5", "0 0 5 0 0 0 0 0")]
    [InlineData("listeners.wss.max_connections = 5", "0 0 0 5 0 0 0 0")]
    [InlineData("listeners.mqttsn.max_connections = 5", "0 0 0 0 5 0 0 0")]
    [InlineData("listeners.mqtt.max_message_rate = '5/10s'", "5/10s 0 0 0 0 0 0 0")]
    [InlineData("listeners.mqtt.max_byte_rate = '2KiB/m'", "2048/1m 0 0 0 0 0 0 0")]
    [InlineData("listeners.mqtts.max_message_rate = '5/10s'", "0 5/10s 0 0 0 0 0 0")]
    [InlineData("listeners.mqtts.max_byte_rate = '2KiB/m'", "0 2048/1m 0 0 0 0 0 0")]
    [InlineData("listeners.ws.max_message_rate = '5/10s'", "0 0 5/10s 0 0 0 0 0")]
    [InlineData("listeners.ws.max_byte_rate = '2KiB/m'", "0 0 2048/1m 0 0 0 0 0")]
    [InlineData("listeners.wss.max_message_rate = '5/10s'", "0 0 0 5/10s 0 0 0 0")]
    [InlineData("listeners.wss.max_byte_rate = '2KiB/m'", "0 0 0 2048/1m 0 0 0 0")]
    [InlineData("listeners.mqttsn.max_message_rate = '5/10s'", "0 0 0 0 5/10s 0 0 0")]
    [InlineData("listeners.mqttsn.max_byte_rate = '2KiB/m'", "0 0 0 0 2048/1m 0 0 0")]
    [InlineData("listeners.mqtt.max_connection_rate = '500/s'", "500/1s 0 0 0 0 0 0 0")]
    [InlineData("listeners.mqtts.max_connection_rate = '500/s'", "0 500/1s 0 0 0 0 0 0")]
    [InlineData("listeners.ws.max_connection_rate = '500/s'", "0 0 500/1s 0 0 0 0 0")]
    [InlineData("listeners.wss.max_connection_rate = '500/s'", "0 0 0 500/1s 0 0 0 0")]
    [InlineData("listeners.mqttsn.max_connection_rate = '500/s'", "0 0 0 0 500/1s 0 0 0")]
    [InlineData("listeners.mqttsn.max_connections_per_address = 5", "0 0 0 0 5 0 0 0")]
    [InlineData("listeners.mqttsn.max_datagram_rate_per_address = '9/s'", "0 0 0 0 9/1s 0 0 0")]
    [InlineData("listeners.mqttsn_dtls.enabled = false", "False 127.0.0.1:8885")]
    [InlineData("listeners.mqttsn_dtls.bind = '127.0.0.3:7'", "False 127.0.0.3:7")]
    [InlineData("listeners.mqttsn_dtls.max_connections = 5", "0 0 0 0 0 5 0 0")]
    [InlineData("listeners.mqttsn_dtls.max_message_rate = '5/10s'", "0 0 0 0 0 5/10s 0 0")]
    [InlineData("listeners.mqttsn_dtls.max_byte_rate = '2KiB/m'", "0 0 0 0 0 2048/1m 0 0")]
    [InlineData("listeners.mqttsn_dtls.max_connection_rate = '500/s'", "0 0 0 0 0 500/1s 0 0")]
    [InlineData("listeners.mqttsn_dtls.client_id = 'user'", "True")]
    [InlineData("listeners.mqttsn_dtls.psk_file = 'psk'", "psk True")]
    [InlineData("listeners.coap.enabled = false", "False 127.0.0.1:5683")]
    [InlineData("listeners.coap.bind = ['127.0.0.3:7', '[::1]:8']", "True 127.0.0.3:7 [::1]:8")]
    [InlineData("listeners.coap.max_connections = 5", "0 0 0 0 0 0 5 0")]
    [InlineData("listeners.coap.max_message_rate = '5/10s'", "0 0 0 0 0 0 5/10s 0")]
    [InlineData("listeners.coap.max_byte_rate = '2KiB/m'", "0 0 0 0 0 0 2048/1m 0")]
    [InlineData("listeners.coap.max_connection_rate = '500/s'", "0 0 0 0 0 0 500/1s 0")]
    [InlineData("listeners.coap.max_connections_per_address = 5", "0 0 0 0 0 0 5 0")]
    [InlineData("listeners.coap.max_datagram_rate_per_address = '9/s'", "0 0 0 0 0 0 9/1s 0")]
    [InlineData("listeners.coaps.enabled = false", "False 127.0.0.1:5684")]
    [InlineData("listeners.coaps.bind = '127.0.0.3:7'", "False 127.0.0.3:7")]
    [InlineData("listeners.coaps.client_id = 'user'", "True")]
    [InlineData("listeners.coaps.psk_file = 'psk'", "psk True")]
    [InlineData("listeners.coaps.max_connections = 5", "0 0 0 0 0 0 0 5")]
    [InlineData("listeners.coaps.max_message_rate = '5/10s'", "0 0 0 0 0 0 0 5/10s")]
    [InlineData("listeners.coaps.max_byte_rate = '2KiB/m'", "0 0 0 0 0 0 0 2048/1m")]
    [InlineData("listeners.coaps.max_connection_rate = '500/s'", "0 0 0 0 0 0 0 500/1s")]
    [InlineData("coap.notify = 'con'", "Confirmable")]
    [InlineData("coap.notify = 'non'", "NonConfirmable")]
    [InlineData("coap.senml = 'split'", "Split")]
    [InlineData("coap.max_senml_records = 5", "5")]
    [InlineData("coap.max_block_body = '2KiB'", "2048")]
    [InlineData("coap.max_block_bodies = 2", "2")]
    [InlineData("coap.block_size = 64", "64")]
    [InlineData("coap.multicast_groups = ['224.0.1.187', 'ff05::fd']", "224.0.1.187 ff05::fd")]
    [InlineData("coap.connection_required = true", "True")]
    [InlineData("coap.max_block_bytes_total = '1MiB'", "1048576")]
    [InlineData("coap.trusted_networks = ['192.0.2.0/24', 'loopback']", "loopback 192.0.2.0/24")]
    [InlineData("coap.max_observations = 3", "3")]
    [InlineData("coap.max_requests = 5", "5")]
    [InlineData("coap.ack_timeout = '5s'", "00:00:05 4")]
    [InlineData("coap.max_retransmit = 2", "00:00:02 2")]
    [InlineData("mqtt.max_message_rate = '500/s'", "500/1s")]
    [InlineData("mqtt.max_byte_rate = '1MiB/s'", "1048576/1s")]
    [InlineData("mqtt.max_connections = 5", "5")]
    [InlineData("mqtt.max_subscriptions = 5", "5")]
    [InlineData("mqtt.max_packet_size = '64KiB'", "65536")]
    [InlineData("mqtt.max_packet_size = 4096", "4096")]
    [InlineData("mqtt.max_inflight = 7", "7 7")]
    [InlineData("mqtt.max_session_expiry = '1h'", "01:00:00 01:00:00 01:00:00")]
    [InlineData("mqtt.max_queued_messages = 9", "9")]
    [InlineData("mqtt.max_queued_bytes = '3GiB'", "3221225472")]
    [InlineData("mqtt.max_queued_bytes_total = '2GiB'", "2147483648")]
    [InlineData("mqtt.max_queued_age = '2d'", "2.00:00:00")]
    [InlineData("mqtt.overflow = 'drop-newest'", "DropNewest")]
    [InlineData("mqtt.max_delayed_messages = 0", "0")]
    [InlineData("mqtt.max_delayed_bytes = '1MiB'", "1048576")]
    [InlineData("mqtt.max_retained_messages = 9", "9")]
    [InlineData("mqtt.max_retained_bytes = 0", "0")]
    [InlineData("mqtt.max_retained_size = '4KiB'", "4096")]
    [InlineData("mqtt.retained_expiry = '30d'", "30.00:00:00")]
    [InlineData("mqtt.max_topic_levels = 8", "8")]
    [InlineData("mqtt.shared_subscription_strategy = 'hash_clientid'", "HashClientId")]
    [InlineData("mqtt.shared_subscription_groups = { a = 'sticky', '$queue' = 'random' }", "[a, Sticky] [$queue, Random]")]
    [InlineData("mqtt.rewrite_order = 'first'", "First")]
    [InlineData("rewrite = [ { action = 'all', source = 'a/+', regex = 'a/(.)', topic = '${clientid}/%u/$1' } ]", "All a/+ a/(.) ${clientid}/%u/$1")]
    [InlineData("auto_subscribe = [ { topic = 'a/${clientid}' } ]", "a/${clientid} AtMostOnce False False Send")]
    [InlineData("auto_subscribe = [ { topic = 'a', qos = 2, no_local = true, retain_as_published = true, retain_handling = 1 } ]", "a ExactlyOnce True True SendIfNew")]
    [InlineData("mqtt.topic_alias_maximum = 0", "0")]
    [InlineData("mqtt.server_keep_alive = '5m'", "00:05:00")]
    [InlineData("mqtt.response_information = 'replies'", "replies")]
    [InlineData("mqtt.connect_timeout = '1s'", "00:00:01")]
    [InlineData("auth.allow_anonymous = true", "Everyone")]
    [InlineData("auth.users_file = 'users.toml'", "users.toml")]
    [InlineData("auth.certificate_identity = 'common-name'", "CommonName")]
    [InlineData("auth.chain = ['scram']\nauth.users_file = 'users.toml'", "Scram")]
    [InlineData("auth.jwt.key_file = 'keys'", "keys")]
    [InlineData("auth.jwt.from = 'username'\nauth.jwt.key_file = 'keys'", "UserName")]
    [InlineData("auth.jwt.user_claim = 'device'\nauth.jwt.key_file = 'keys'", "device")]
    [InlineData("auth.jwt.claims = { iss = 'plant', device = '${clientid}' }\nauth.jwt.key_file = 'keys'", "[iss, plant] [device, ${clientid}]")]
    [InlineData("auth.jwt.acl_claim = 'rights'\nauth.jwt.key_file = 'keys'", "rights")]
    [InlineData("auth.jwt.disconnect_after_expire = false\nauth.jwt.key_file = 'keys'", "False")]
    [InlineData("auth.jwt.leeway = '5s'\nauth.jwt.key_file = 'keys'", "00:00:05")]
    [InlineData("auth.acl_file = 'acl.toml'", "acl.toml")]
    [InlineData("auth.ban_file = 'banned.toml'", "banned.toml")]
    [InlineData("auth.no_match = 'deny'", "False")]
    [InlineData("auth.subscribe_refusal = 'unspecified'", "Unspecified")]
    [InlineData("flapping.max_connects = 7", "7")]
    [InlineData("flapping.window = '2m'", "00:02:00")]
    [InlineData("flapping.ban_time = '9m'", "00:09:00")]
    [InlineData("mqttsn.gateway_id = 255", "255")]
    [InlineData("mqttsn.retry_interval = '12s'", "00:00:12")]
    [InlineData("mqttsn.retry_limit = 5", "5")]
    [InlineData("mqttsn.max_inflight = 4", "4")]
    [InlineData("mqttsn.allow_qos_minus_one = false", "False")]
    [InlineData("mqttsn.qos_minus_one_from = '192.0.2.7'", "192.0.2.7/32")]
    [InlineData("mqttsn.qos_minus_one_from = ['2001:db8::/32', 'serial', '192.0.2.0/24', 'loopback']", "loopback serial 2001:db8::/32 192.0.2.0/24")]
    [InlineData("mqttsn.qos_minus_one_rate = '6/m'", "6/1m")]
    [InlineData("mqttsn.trusted_networks = ['192.0.2.0/24', 'loopback']", "loopback 192.0.2.0/24")]
    [InlineData("mqttsn.max_datagram_size = 60", "60")]
    [InlineData("mqttsn.max_topic_ids = 9", "9")]
    [InlineData("mqttsn.predefined_topics = { 65534 = 'a/${clientid}' }", "[65534, a/${clientid}]")]
    [InlineData("mqttsn.client = [ { client_id = 'v', predefined_topics = { 1 = 'a' } } ]", "v [1, a]")]
    public void A_key_sets_its_option(string toml, string expected) => Assert.Equal(expected, Shown(toml.Split(" = ")[0], _loading.Settings(toml)));

    [Theory]
    [InlineData("address = 'mqtts://[::1]:99'", "mqtts://[::1]:99/")]
    [InlineData("client_id = 'id-${gateway}'", "id-host-1")]
    [InlineData("username = 'u'", "u")]
    [InlineData("protocol = '3.1.1'", "V311")]
    [InlineData("protocol = '5.0'", "V5")]
    [InlineData("keep_alive = '5s'", "00:00:05")]
    [InlineData("acknowledge_timeout = '6s'", "00:00:06")]
    [InlineData("connect_timeout = '7s'", "00:00:07")]
    [InlineData("reconnect_min = '100ms'", "00:00:00.1000000")]
    [InlineData("reconnect_max = '8s'", "00:00:08")]
    [InlineData("max_inflight = 10", "10")]
    [InlineData("max_packet_size = '2MiB'", "2097152")]
    [InlineData("queue.max_bytes = '1KiB'", "1024")]
    [InlineData("queue.max_age = '3d'", "3.00:00:00")]
    [InlineData("queue.overflow = 'drop-newest'", "DropNewest")]
    [InlineData("forward = [ { filter = 'a/${gateway}/+', qos = 0, topic = '${gateway}/${topic}' } ]", "a/host-1/+ AtMostOnce host-1/${topic}")]
    [InlineData("receive = [ { filter = 'b' } ]", "b AtLeastOnce ${topic}")]
    public void A_key_of_a_bridge_sets_its_option(string toml, string expected)
    {
        var address = toml.StartsWith("address", StringComparison.Ordinal) ? "" : "address = 'mqtt://h'\n";

        var bridge = Assert.Single(_loading.Settings($"[[bridge]]\nname = 'c'\n{address}{toml}").Bridges);

        Assert.Equal(expected, Shown(toml.Split(" = ")[0], bridge));
    }

    [Theory]
    [InlineData("mqttsn", "device = '/dev/ttyAMA0'", "/dev/ttyAMA0")]
    [InlineData("mqttsn", "baud = 9600", "9600")]
    [InlineData("lines", "data_bits = 7", "7")]
    [InlineData("mqttsn", "parity = 'even'", "Even")]
    [InlineData("mqttsn", "stop_bits = 2", "2")]
    [InlineData("mqttsn", "flow_control = 'rts-cts'", "RtsCts")]
    [InlineData("mqttsn", "max_frame = 100", "100")]
    [InlineData("mqttsn", "framing = 'cobs'", "Cobs")]
    [InlineData("xbee", "api_mode = 2", "Escaped")]
    [InlineData("lines", "format = 'json'", "Json")]
    [InlineData("lines", "topic = '${gateway}/${name}/raw'", "host-1/field/raw")]
    [InlineData("lines", "qos = 0", "AtMostOnce")]
    [InlineData("lines", "retain = true", "True")]
    public void A_key_of_a_serial_line_sets_its_option(string protocol, string toml, string expected)
    {
        var device = toml.StartsWith("device", StringComparison.Ordinal) ? "" : "device = '/dev/ttyS0'\n";

        var line = Assert.Single(_loading.Settings($"[[serial]]\nname = 'field'\n{device}protocol = '{protocol}'\n{toml}").SerialLines);

        Assert.Equal(expected, Shown(toml.Split(" = ")[0], line));
        Assert.Equal(("field", protocol), (line.Name, line.Protocol.ToString().ToLowerInvariant()));
        Assert.Equal((line.Name, line.Port, line.Largest), (line.ToLine().Name, line.ToLine().Port, line.ToLine().Largest));
    }

    [Theory]
    [InlineData("mqttsn", 255), InlineData("xbee", 255), InlineData("lines", 1_024)]
    public void A_serial_line_takes_frames_as_long_as_its_protocol_needs(string protocol, int largest) =>
        Assert.Equal(largest, _loading.Settings($"[[serial]]\nname = 'f'\ndevice = '/dev/ttyS0'\nprotocol = '{protocol}'").SerialLines[0].Largest);

    [Fact]
    public void Every_option_of_a_serial_line_there_is_has_a_key()
    {
        var unset = _loading.Settings("[[serial]]\nname = 'c'\ndevice = '/dev/ttyS1'\nprotocol = 'mqttsn'").SerialLines[0];
        var changed = typeof(EffectTests).GetMethod(nameof(A_key_of_a_serial_line_sets_its_option))!.GetCustomAttributes<InlineDataAttribute>()
            .Select(data => $"[[serial]]\nname = 'd'\nprotocol = '{data.Data[0]}'\n{data.Data[1]}{(((string)data.Data[1]!).StartsWith("device", StringComparison.Ordinal) ? "" : "\ndevice = '/dev/ttyS0'")}")
            .Select(toml => _loading.Settings(toml).SerialLines[0])
            .SelectMany(set => Changed(unset, set).Concat(Changed(unset.Port, set.Port)).Concat(Changed(unset.ToLine(), set.ToLine())))
            .ToHashSet();

        Assert.Empty(new[] { typeof(SerialSettings), typeof(SerialPortOptions), typeof(LineOptions) }.SelectMany(Options).Except(changed));
    }

    [Fact]
    public void A_bridge_of_name_and_address_alone_has_the_defaults_of_its_options()
    {
        var bridge = Assert.Single(_loading.Settings("[[bridge]]\nname = 'c'\naddress = 'mqtt://h'").Bridges);

        Assert.Equal(new BridgeOptions { Name = "c", Address = new Uri("mqtt://h:1883"), ClientId = "host-1" }, bridge);
    }

    [Fact]
    public void Files_of_a_bridge_become_absolute_paths()
    {
        var file = _loading.File("all.pem", TestCertificate.Pem);

        var bridge = Assert.Single(_loading.Settings(
            "[[bridge]]\nname='c'\naddress='mqtts://h'\nusername='u'\npassword_file='all.pem'\nca_file='all.pem'\ncertificate='all.pem'\nkey='all.pem'").Bridges);

        Assert.Equal([file, file, file, file], [bridge.PasswordFile, bridge.CaFile, bridge.CertificateFile, bridge.KeyFile]);
    }

    [Fact]
    public void Files_of_the_DTLS_listener_become_absolute_paths_and_turn_it_on()
    {
        var file = _loading.File("all.pem", TestCertificate.Pem);

        var listener = _loading.Settings("[listeners.mqttsn_dtls]\ncertificate='all.pem'\nkey='all.pem'\nclient_ca='all.pem'\n").MqttSnDtlsListener;

        Assert.Equal((true, new TlsSettings(file, file, file)), (listener.Enabled, listener.Tls));
    }

    [Theory]
    [InlineData("mqtts")]
    [InlineData("wss")]
    public void Files_of_a_listener_become_absolute_paths_and_turn_it_on(string listener)
    {
        var file = _loading.File("all.pem", TestCertificate.Pem);
        var files = $"[listeners.{listener}]\ncertificate='all.pem'\nkey='all.pem'\nclient_ca='all.pem'\nrequire_client_certificate=true\n";

        var on = Listener(files);
        var off = Listener(files + "enabled = false");

        Assert.Equal((true, new TlsSettings(file, file, file, RequireClientCertificate: true)), (on.Enabled, on.Tls));
        Assert.Equal((false, on.Tls), (off.Enabled, off.Tls));

        ListenerSettings Listener(string toml) => _loading.Settings(toml) is var settings && listener == "mqtts" ? settings.MqttTlsListener : settings.SecureWebSocketListener;
    }

    [Fact]
    public void Certificates_of_a_listener_have_names_and_files_of_their_own()
    {
        var file = _loading.File("all.pem", TestCertificate.Pem);

        var tls = _loading.Settings(
            "[listeners.wss]\ncertificate='all.pem'\nkey='all.pem'\n"
                + "[[listeners.wss.certificates]]\nserver_name='A.example.org'\ncertificate='all.pem'\nkey='all.pem'\n"
                + "[[listeners.wss.certificates]]\nserver_name=['*.example.org', 'xn--bcher-kva.example']\ncertificate='all.pem'\nkey='all.pem'",
            "listeners.wss.certificates.0.server_name=b.example.org").SecureWebSocketListener.Tls;

        Assert.Equal(["b.example.org", "*.example.org", "xn--bcher-kva.example"], tls.Named.SelectMany(certificate => certificate.ServerNames));
        Assert.All(tls.Named, certificate => Assert.Equal(new TlsSettings(file, file), certificate.Files));
    }

    [Fact]
    public void Templates_take_the_gateways_name_wherever_it_stands_in_the_file()
    {
        var settings = _loading.Settings("[[bridge]]\nname = 'c'\naddress = 'mqtt://h'\n[gateway]\nname = 'later'");

        Assert.Equal("later", settings.Bridges[0].ClientId);
    }

    [Fact]
    public void Every_option_there_is_has_a_key()
    {
        var unset = _loading.Settings();
        var changed = TomlOf(nameof(A_key_sets_its_option))
            .Select(toml => _loading.Settings(toml))
            .SelectMany(set => Changed(unset.Broker, set.Broker).Concat(Changed(unset.Mqtt, set.Mqtt)).Concat(Changed(unset.MqttSn, set.MqttSn)).Concat(Changed(unset.Coap, set.Coap))
                .Concat(Changed(unset.Storage, set.Storage)).Concat(Changed(unset, set)))
            .ToHashSet();

        Assert.Empty(new[] { typeof(BrokerOptions), typeof(MqttOptions), typeof(MqttSnOptions), typeof(CoapOptions), typeof(StorageOptions), typeof(GatewaySettings) }
            .SelectMany(Options).Except(changed).Except(["GatewaySettings.Bridges", "GatewaySettings.SerialLines"]));
    }

    [Fact]
    public void Every_option_of_a_bridge_there_is_has_a_key()
    {
        const string bridge = "[[bridge]]\nname = 'd'\naddress = 'mqtts://h'\n";
        _loading.File("all.pem", TestCertificate.Pem);
        var unset = _loading.Settings("[[bridge]]\nname = 'c'\naddress = 'mqtt://h'").Bridges[0];
        var files = "username = 'u'\npassword_file = 'all.pem'\nca_file = 'all.pem'\ncertificate = 'all.pem'\nkey = 'all.pem'";
        var changed = TomlOf(nameof(A_key_of_a_bridge_sets_its_option)).Where(toml => !toml.StartsWith("address", StringComparison.Ordinal)).Append(files)
            .SelectMany(toml => Changed(unset, _loading.Settings(bridge + toml).Bridges[0]))
            .ToHashSet();

        Assert.Empty(Options(typeof(BridgeOptions)).Except(changed));
    }

    private static IEnumerable<string> TomlOf(string theory) =>
        typeof(EffectTests).GetMethod(theory)!.GetCustomAttributes<InlineDataAttribute>().Select(data => (string)data.Data[0]!);

    private static IEnumerable<string> Options(Type type) => type.GetProperties().Where(property => property.CanWrite).Select(property => $"{type.Name}.{property.Name}");

    private static IEnumerable<string> Changed<T>(T unset, T set) => typeof(T).GetProperties()
        .Where(property => property.CanWrite && !Equals(property.GetValue(unset), property.GetValue(set)))
        .Select(property => $"{typeof(T).Name}.{property.Name}");

    private static string Shown(string key, GatewaySettings s) => key switch
    {
        "gateway.name" => s.Name,
        "gateway.data_dir" => s.Storage.Directory,
        "gateway.sys_interval" => $"{s.SysInterval}",
        "gateway.memory_limit" => $"{s.MemoryLimit}",
        "log.level" => $"{s.LogLevel}",
        "store.commit_delay" => $"{s.Storage.CommitDelay} {s.Storage.RemovalDelay}",
        "listeners.mqtt.enabled" or "listeners.mqtt.bind" => $"{s.MqttListener.Enabled} {s.MqttListener.Bind}",
        "listeners.mqttsn.enabled" or "listeners.mqttsn.bind" => string.Join(' ', [s.MqttSnListener.Enabled, s.MqttSnListener.Bind, .. s.MqttSnListener.AlsoBind]),
        "mqttsn.advertise_interval" => $"{s.AdvertiseInterval}",
        "mqttsn.advertise_to" => string.Join(' ', s.AdvertiseTo),
        "mqttsn.multicast_groups" => string.Join(' ', s.MulticastGroups),
        "listeners.coap.enabled" or "listeners.coap.bind" => string.Join(' ', [s.CoapListener.Enabled, s.CoapListener.Bind, .. s.CoapListener.AlsoBind]),
        "listeners.coaps.enabled" or "listeners.coaps.bind" => $"{s.CoapDtlsListener.Enabled} {s.CoapDtlsListener.Bind}",
        "listeners.coaps.client_id" => $"{s.CoapDtlsListener.BindsClientIds}",
        "listeners.coaps.psk_file" => $"{Path.GetFileName(s.CoapDtlsListener.PskFile)} {s.CoapDtlsListener.Enabled}",
        "coap.notify" => $"{s.Coap.Notify}",
        "coap.senml" => $"{s.Coap.SenMl}",
        "coap.max_senml_records" => $"{s.Coap.MaxSenMlRecords}",
        "coap.max_block_body" => $"{s.Coap.MaxBlockBody}",
        "coap.max_block_bodies" => $"{s.Coap.MaxBlockBodies}",
        "coap.connection_required" => $"{s.Coap.ConnectionRequired}",
        "coap.max_block_bytes_total" => $"{s.Coap.MaxBlockBytesTotal}",
        "coap.trusted_networks" => $"{s.CoapTrustedNetworks}",
        "coap.multicast_groups" => string.Join(' ', s.CoapMulticastGroups),
        "coap.block_size" => $"{s.Coap.BlockSize}",
        "coap.max_observations" => $"{s.Coap.MaxObservations}",
        "coap.max_requests" => $"{s.Coap.MaxPending}",
        "coap.ack_timeout" or "coap.max_retransmit" => $"{s.Coap.Transmission.AckTimeout} {s.Coap.Transmission.MaxRetransmit}",
        "listeners.mqttsn_dtls.enabled" or "listeners.mqttsn_dtls.bind" => $"{s.MqttSnDtlsListener.Enabled} {s.MqttSnDtlsListener.Bind}",
        "listeners.mqttsn_dtls.client_id" => $"{s.MqttSnDtlsListener.BindsClientIds}",
        "listeners.mqttsn_dtls.psk_file" => $"{Path.GetFileName(s.MqttSnDtlsListener.PskFile)} {s.MqttSnDtlsListener.Enabled}",
        "listeners.mqtts.bind" => $"{s.MqttTlsListener.Enabled} {s.MqttTlsListener.Bind}",
        "listeners.ws.enabled" or "listeners.ws.bind" => $"{s.WebSocketListener.Enabled} {s.WebSocketListener.Bind}",
        "listeners.ws.path" => s.WebSocketListener.Path,
        "listeners.wss.bind" => $"{s.SecureWebSocketListener.Enabled} {s.SecureWebSocketListener.Bind}",
        "listeners.wss.path" => s.SecureWebSocketListener.Path,
        _ when key.StartsWith("listeners.", StringComparison.Ordinal) => key.Split('.')[2] switch
        {
            "max_connections" => OfListeners(s, listener => listener.MaxConnections),
            "max_connection_rate" => OfListeners(s, listener => listener.MaxConnectionRate),
            "max_connections_per_address" => OfListeners(s, listener => listener.MaxConnectionsPerAddress),
            "max_datagram_rate_per_address" => OfListeners(s, listener => listener.MaxDatagramRatePerAddress),
            "max_message_rate" => OfListeners(s, listener => listener.Publishing.Messages),
            "max_byte_rate" => OfListeners(s, listener => listener.Publishing.Octets),
            _ => throw new ArgumentException($"{key} is not looked at.", nameof(key)),
        },
        "mqtt.max_message_rate" => $"{s.PublishingOfEach.Messages}",
        "mqtt.max_byte_rate" => $"{s.PublishingOfEach.Octets}",
        "mqtt.max_connections" => $"{s.Broker.MaxConnections}",
        "mqtt.max_subscriptions" => $"{s.Broker.MaxSubscriptions}",
        "mqtt.max_packet_size" => $"{s.Mqtt.MaxPacketSize}",
        "mqtt.max_inflight" => $"{s.Broker.MaxInflight} {s.Mqtt.ReceiveMaximum}",
        "mqtt.max_session_expiry" => $"{s.Broker.MaxSessionExpiry} {s.Mqtt.MaxSessionExpiry} {s.MqttSn.MaxSessionExpiry}",
        "mqtt.max_queued_messages" => $"{s.Broker.MaxQueuedMessages}",
        "mqtt.max_queued_bytes" => $"{s.Broker.MaxQueuedBytes}",
        "mqtt.max_queued_age" => $"{s.Broker.MaxQueuedAge}",
        "mqtt.max_queued_bytes_total" => $"{s.Broker.MaxQueuedBytesTotal}",
        "mqtt.overflow" => $"{s.Broker.Overflow}",
        "mqtt.max_delayed_messages" => $"{s.Broker.MaxDelayedMessages}",
        "mqtt.max_delayed_bytes" => $"{s.Broker.MaxDelayedBytes}",
        "mqtt.max_retained_messages" => $"{s.Broker.MaxRetainedMessages}",
        "mqtt.max_retained_bytes" => $"{s.Broker.MaxRetainedBytes}",
        "mqtt.max_retained_size" => $"{s.Broker.MaxRetainedSize}",
        "mqtt.retained_expiry" => $"{s.Broker.RetainedExpiry}",
        "mqtt.max_topic_levels" => $"{s.Broker.MaxTopicLevels}",
        "mqtt.shared_subscription_strategy" => $"{s.Broker.ShareStrategy}",
        "mqtt.shared_subscription_groups" => string.Join(' ', s.Broker.ShareStrategies),
        "mqtt.rewrite_order" => $"{s.Broker.RewriteOrder}",
        "rewrite" => string.Join(' ', s.Broker.Rewrite.Select(rule => $"{rule.Actions} {rule.Source} {rule.Pattern} {rule.Topic}")),
        "auto_subscribe" => string.Join(' ', s.Broker.AutoSubscribe.Select(
            auto => $"{auto.Topic} {auto.MaximumQos} {auto.NoLocal} {auto.RetainAsPublished} {auto.RetainHandling}")),
        "mqtt.topic_alias_maximum" => $"{s.Mqtt.TopicAliasMaximum}",
        "mqtt.server_keep_alive" => $"{s.Mqtt.ServerKeepAlive}",
        "mqtt.response_information" => s.Mqtt.ResponseInformation,
        "mqtt.connect_timeout" => $"{s.Mqtt.ConnectTimeout}",
        "auth.allow_anonymous" => $"{s.AllowAnonymous}",
        "auth.users_file" => Path.GetFileName(s.UsersFile)!,
        "auth.certificate_identity" => $"{s.CertificateIdentity}",
        "auth.chain" => string.Join(' ', s.AuthenticationChain ?? []),
        "auth.jwt.key_file" => Path.GetFileName(s.TokenKeyFile)!,
        "auth.jwt.from" => $"{s.Tokens.From}",
        "auth.jwt.user_claim" => s.Tokens.UserClaim,
        "auth.jwt.claims" => string.Join(' ', s.Tokens.Claims),
        "auth.jwt.acl_claim" => s.Tokens.AclClaim,
        "auth.jwt.disconnect_after_expire" => $"{s.Tokens.DisconnectsAfterExpiry}",
        "auth.jwt.leeway" => $"{s.Tokens.Leeway}",
        "auth.acl_file" => Path.GetFileName(s.AccessFile)!,
        "gateway.client_events" => $"{s.ClientEvents}",
        "auth.ban_file" => Path.GetFileName(s.BanFile)!,
        "flapping.max_connects" => $"{s.Flapping.MaxConnects}",
        "flapping.window" => $"{s.Flapping.Window}",
        "flapping.ban_time" => $"{s.Flapping.BanTime}",
        "auth.no_match" => $"{s.AllowUnmatched}",
        "auth.subscribe_refusal" => $"{s.SubscribeRefusal}",
        "mqttsn.gateway_id" => $"{s.MqttSn.GatewayId}",
        "mqttsn.retry_interval" => $"{s.MqttSn.RetryInterval}",
        "mqttsn.retry_limit" => $"{s.MqttSn.RetryLimit}",
        "mqttsn.allow_qos_minus_one" => $"{s.MqttSn.AllowQosMinusOne}",
        "mqttsn.qos_minus_one_from" => $"{s.QosMinusOneFrom}",
        "mqttsn.qos_minus_one_rate" => $"{s.QosMinusOneRate}",
        "mqttsn.trusted_networks" => $"{s.TrustedNetworks}",
        "mqttsn.max_datagram_size" => $"{s.MqttSn.MaxDatagramSize}",
        "mqttsn.max_inflight" => $"{s.MqttSn.MaxInflight}",
        "mqttsn.max_topic_ids" => $"{s.MqttSn.MaxTopicIds}",
        "mqttsn.client" => string.Join(' ', s.MqttSn.Clients.Select(client => $"{client.ClientId} {string.Join(' ', client.PredefinedTopics)}")),
        "mqttsn.predefined_topics" => string.Join(' ', s.MqttSn.PredefinedTopics),
        _ => throw new ArgumentException($"{key} is not looked at.", nameof(key)),
    };

    private static string OfListeners<T>(GatewaySettings s, Func<ListenerSettings, T> value) => string.Join(
        ' ', ((ListenerSettings[])[s.MqttListener, s.MqttTlsListener, s.WebSocketListener, s.SecureWebSocketListener, s.MqttSnListener, s.MqttSnDtlsListener, s.CoapListener, s.CoapDtlsListener]).Select(value));

    private static string Shown(string key, SerialSettings s) => key switch
    {
        "device" => s.Port.Device,
        "baud" => $"{s.Port.Baud}",
        "data_bits" => $"{s.Port.DataBits}",
        "parity" => $"{s.Port.Parity}",
        "stop_bits" => $"{s.Port.StopBits}",
        "flow_control" => $"{s.Port.FlowControl}",
        "max_frame" => $"{s.Largest}",
        "framing" => $"{s.Framing}",
        "api_mode" => $"{s.ApiMode}",
        "format" => $"{s.ToLine().Format}",
        "topic" => s.ToLine().Topic,
        "qos" => $"{s.ToLine().Qos}",
        "retain" => $"{s.ToLine().Retain}",
        _ => throw new ArgumentException($"{key} is not looked at.", nameof(key)),
    };

    private static string Shown(string key, BridgeOptions b) => key switch
    {
        "address" => $"{b.Address}",
        "client_id" => b.ClientId,
        "username" => b.UserName!,
        "protocol" => $"{b.Protocol}",
        "keep_alive" => $"{b.KeepAlive}",
        "acknowledge_timeout" => $"{b.AcknowledgeTimeout}",
        "connect_timeout" => $"{b.ConnectTimeout}",
        "reconnect_min" => $"{b.ReconnectMinimum}",
        "reconnect_max" => $"{b.ReconnectMaximum}",
        "max_inflight" => $"{b.MaxInflight}",
        "max_packet_size" => $"{b.MaxPacketSize}",
        "queue.max_bytes" => $"{b.QueueMaxBytes}",
        "queue.max_age" => $"{b.QueueMaxAge}",
        "queue.overflow" => $"{b.QueueOverflow}",
        "forward" => string.Join(' ', b.Forward.Select(Shown)),
        "receive" => string.Join(' ', b.Receive.Select(Shown)),
        _ => throw new ArgumentException($"{key} is not looked at.", nameof(key)),
    };

    private static string Shown(BridgeRule rule) => $"{rule.Filter} {rule.Qos} {rule.Topic}";
}
