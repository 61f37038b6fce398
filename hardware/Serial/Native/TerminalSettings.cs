using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Edge.Serial.Native;

/// <summary><c>struct termios2</c>, the same on x64 and arm64.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TerminalSettings
{
    public InputFlags Input;
    public uint Output;
    public ControlFlags Control;
    public uint Local;
    public byte Discipline;
    public ControlCharacters Characters;
    public uint InputSpeed;
    public uint OutputSpeed;

    /// <summary><c>c_cc</c>.</summary>
    [InlineArray(19)]
    internal struct ControlCharacters
    {
        private byte _first;
    }
}
