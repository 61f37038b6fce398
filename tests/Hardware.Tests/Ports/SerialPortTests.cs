using System.Runtime.InteropServices;
using Edge.Serial.Ports;

namespace Edge.Hardware.Tests.Ports;

public sealed class SerialPortTests
{
    private static readonly byte[] AllOctets = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    public static TheoryData<int> Bauds =>
        [50, 1_200, 9_600, 19_200, 31_250, 38_400, 57_600, 74_880, 115_200, 230_400, 250_000, 460_800, 921_600, 1_000_000, 4_000_000];

    [Theory, MemberData(nameof(Bauds))]
    public void Every_octet_passes_both_ways_at_any_baud(int baud)
    {
        using var device = new PseudoTerminal();
        using var port = SerialPort.Open(new SerialPortOptions { Device = device.Path, Baud = baud });

        device.Write(AllOctets);
        Assert.Equal(AllOctets, Read(port, 256));

        Assert.Equal(256, port.Write(AllOctets));
        Assert.Equal(AllOctets, device.Read(256));
        Assert.Equal(0, port.Read(new byte[1]));
    }

    [Theory]
    [InlineData(7, Parity.Even, 1, FlowControl.None)]
    [InlineData(8, Parity.Odd, 2, FlowControl.RtsCts)]
    [InlineData(5, Parity.None, 1, FlowControl.None)]
    public void Other_settings_of_the_line_are_no_fault_where_the_device_has_none(int dataBits, Parity parity, int stopBits, FlowControl flowControl)
    {
        using var device = new PseudoTerminal();
        using var port = SerialPort.Open(
            new SerialPortOptions { Device = device.Path, DataBits = dataBits, Parity = parity, StopBits = stopBits, FlowControl = flowControl });

        device.Write("hello"u8);

        Assert.Equal("hello"u8, Read(port, 5));
    }

    [Fact]
    public void A_device_that_is_pulled_out_is_gone()
    {
        using var device = new PseudoTerminal();
        using var port = SerialPort.Open(new SerialPortOptions { Device = device.Path });
        device.Dispose();

        Assert.Equal(SerialPort.Gone, port.Read(new byte[1]));
        Assert.Equal(SerialPort.Gone, port.Write(new byte[1]));
        Assert.Equal(default, port.Errors);
    }

    [Fact]
    public void A_second_program_does_not_get_it()
    {
        using var device = new PseudoTerminal();
        using var port = SerialPort.Open(new SerialPortOptions { Device = device.Path });

        Assert.Equal("is in use by another program; `fuser` tells which", WhyNot(device.Path));
    }

    [Fact]
    public void A_port_that_was_closed_can_be_opened_again()
    {
        using var device = new PseudoTerminal();
        for (var i = 0; i < 3; i++)
        {
            using var port = SerialPort.Open(new SerialPortOptions { Device = device.Path });
            device.Write("hello"u8);
            Assert.Equal("hello"u8, Read(port, 5));
        }
    }

    [Fact]
    public void The_path_may_be_a_link()
    {
        using var device = new PluggableDevice();
        var terminal = device.PlugIn();
        using var port = SerialPort.Open(new SerialPortOptions { Device = device.Path });

        Assert.Equal(terminal.Path, port.Target);
        Assert.True(port.IsPseudoTerminal);
    }

    [Theory]
    [InlineData("/dev/serial/by-id/usb-nothing", "is not there; plug it in, or look with `ls -l /dev/serial/by-id` what it is called")]
    [InlineData("/dev/null", "is no serial port; name the device of one")]
    [InlineData("/", "cannot be opened: Is a directory")]
    public void What_cannot_be_opened_says_why_and_what_to_do(string device, string reason) => Assert.Equal(reason, WhyNot(device));

    [Fact]
    public void A_device_of_others_says_into_which_group_the_user_must_go()
    {
        Assert.Equal(
            "may not be opened by the user who runs the gateway; put that user into the group of the device, most often dialout, which `ls -lL` shows",
            SerialPort.WhyNotOpened(13));
        Assert.Equal("Permission denied", Marshal.GetPInvokeErrorMessage(13));
    }

    private static string WhyNot(string device) =>
        Assert.Throws<SerialPortException>(() => SerialPort.Open(new SerialPortOptions { Device = device })).Message;

    private static byte[] Read(SerialPort port, int count)
    {
        var octets = new byte[count];
        var read = 0;
        Assert.True(SpinWait.SpinUntil(() => (read += Math.Max(0, port.Read(octets.AsSpan(read)))) == count, TimeSpan.FromSeconds(10)));
        return octets;
    }
}
