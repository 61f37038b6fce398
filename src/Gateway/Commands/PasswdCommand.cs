using System.CommandLine;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Edge.Gateway.Configuration;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Commands;

/// <summary><c>edge-gateway passwd</c>: makes, changes and deletes users of a users file.</summary>
internal static class PasswdCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The command.</summary>
    /// <param name="input">Where the password is read, a line; null for the terminal or standard input.</param>
    public static Command Create(TextReader? input)
    {
        var file = new Argument<string>("FILE") { Description = "The users file; made when missing." };
        var user = new Argument<string>("USER") { Description = "Name of the user." };
        var delete = new Option<bool>("--delete") { Description = "Deletes the user." };
        var iterations = new Option<int>("--iterations")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"Iterations of PBKDF2, {PasswordHash.LeastIterations} to {PasswordHash.MostIterations}: more make a stolen file harder to use, and each first connect slower."),
            DefaultValueFactory = _ => PasswordHash.DefaultIterations,
        };
        iterations.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < PasswordHash.LeastIterations or > PasswordHash.MostIterations)
            {
                given.AddError(string.Create(CultureInfo.InvariantCulture, $"--iterations must be {PasswordHash.LeastIterations} to {PasswordHash.MostIterations}."));
            }
        });
        var command = new Command("passwd", "Makes a user or changes a user's password, which is read twice from the terminal, or once from standard input.")
        {
            file,
            user,
            delete,
            iterations,
        };
        command.SetAction(arguments =>
        {
            var (path, name) = (Path.GetFullPath(arguments.GetValue(file)!), arguments.GetValue(user)!);
            var (output, error) = (arguments.InvocationConfiguration.Output, arguments.InvocationConfiguration.Error);
            try
            {
                return Change(path, name, arguments.GetValue(delete) ? null : () => ReadPassword(input, error), arguments.GetValue(iterations), output, error);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                error.WriteLine($"edge-gateway: {path} cannot be written: {fault.Message}");
                return ExitCode.RuntimeFault;
            }
        });
        return command;
    }

    private static int Change(string path, string name, Func<string?>? readPassword, int iterations, TextWriter output, TextWriter error)
    {
        var report = new ConfigurationReport(new SettingOrigin(path, "/"));
        var before = File.Exists(path) ? UsersFile.Read(path, report) : new Users([]);
        if (before is null || !UsersFile.IsName(name))
        {
            report.Faults.ToList().ForEach(fault => error.WriteLine(fault));
            error.WriteLine(before is null ? "edge-gateway: nothing was changed." : "edge-gateway: USER must be 1 to 255 characters, none of them a control character.");
            return ExitCode.WrongUsage;
        }

        var users = before.All.ToDictionary(StringComparer.Ordinal);
        if (readPassword is null)
        {
            if (!users.Remove(name))
            {
                error.WriteLine($"edge-gateway: there is no user {name} in {path}.");
                return ExitCode.WrongUsage;
            }
        }
        else if (readPassword() is { } password)
        {
            users[name] = User.Create(Encoding.UTF8.GetBytes(password), iterations);
        }
        else
        {
            return ExitCode.WrongUsage;
        }

        Replace(path, UsersFile.Write(new Users(users, before.SaltKey.ToArray())));
        output.WriteLine(readPassword is null ? $"{name} is no user any more." : $"{name} is a user with the password given.");
        return ExitCode.Success;
    }

    /// <summary>Null when what was given is no password; then it was said why.</summary>
    private static string? ReadPassword(TextReader? input, TextWriter error)
    {
        var fromTerminal = input is null && !Console.IsInputRedirected;
        var password = fromTerminal ? ReadHidden("Password: ", error) : (input ?? Console.In).ReadLine();
        var fault = string.IsNullOrEmpty(password) ? "a password must not be empty"
            : Encoding.UTF8.GetByteCount(password) > 1_024 ? "a password must not be longer than 1024 octets"
            : fromTerminal && ReadHidden("Once more: ", error) != password ? "the two are not the same"
            : null;
        if (fault is not null)
        {
            error.WriteLine($"edge-gateway: {fault}; nothing was changed.");
        }

        return fault is null ? password : null;
    }

    private static string ReadHidden(string prompt, TextWriter error)
    {
        error.Write(prompt);
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }

        error.WriteLine();
        return text.ToString();
    }

    /// <summary>Writes beside the file and renames, so that a reader finds the old file or the new one, whole.</summary>
    [SuppressMessage("Interoperability", "CA1416", Justification = "The gateway runs on Linux.")]
    private static void Replace(string path, string text)
    {
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        var beside = $"{target}.{Guid.NewGuid():N}.new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
            using (var file = new FileStream(beside, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            KeepOwner(target, beside);
            File.Move(beside, target, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Root changes a file that the service must go on to be able to read.</summary>
    private static void KeepOwner(string from, string to)
    {
        if (Environment.IsPrivilegedProcess && File.Exists(from))
        {
            using var chown = Process.Start("chown", [$"--reference={from}", "--", to]);
            chown.WaitForExit();
            if (chown.ExitCode != 0)
            {
                throw new IOException($"chown ended with {chown.ExitCode}.");
            }
        }
    }
}
