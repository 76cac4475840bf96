using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Latch.Model;

namespace Latch.Targets.Build;

/// <summary>Puts a Debian package together in a folder and has dpkg-deb pack it: the same content gives the same bytes.</summary>
internal sealed class DebBuilder : IDisposable
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Program = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _root = Directory.CreateTempSubdirectory("latch-deb-").FullName;
    private readonly List<(string Path, string Hash)> _files = [];
    private readonly List<string> _configurations = [];
    private readonly DateTimeOffset _time;
    private long _bytes;

    /// <param name="time">Time of everything in the package.</param>
    public DebBuilder(DateTimeOffset time) => _time = time;

    /// <summary>Adds a file.</summary>
    /// <param name="path">Where it is installed, without the first slash.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="isProgram">Whether it can be run.</param>
    /// <param name="isConfiguration">Whether the owner's changes to it are kept.</param>
    /// <param name="isPrivate">Whether root alone may read it.</param>
    public void Add(string path, byte[] content, bool isProgram = false, bool isConfiguration = false, bool isPrivate = false)
    {
        Write(path, content, isProgram ? Program : isPrivate ? Private : Plain);
        _bytes += content.Length;
        if (isConfiguration)
            _configurations.Add($"/{path}");
        _files.Add((path, Convert.ToHexStringLower(MD5(content))));
    }

    /// <summary>Adds a text compressed as Debian wants manual pages and changelogs.</summary>
    public void AddCompressed(string path, string text)
    {
        using MemoryStream bytes = new();
        using (GZipStream gzip = new(bytes, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        byte[] packed = bytes.ToArray();
        packed[8] = 2; // the header's note that compression was the best
        Add(path, packed);
    }

    /// <summary>Adds a maintainer script.</summary>
    public void AddScript(string name, string text) => Write($"DEBIAN/{name}", Encoding.UTF8.GetBytes(text), Program);

    /// <summary>SHA-256 over names and bytes of everything added so far.</summary>
    public string ContentHash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(_root, path)}\n"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Packs it.</summary>
    /// <param name="control">The control file; @SIZE@ in it becomes the installed size.</param>
    /// <param name="path">The package's file; replaced when complete.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task PackAsync(string control, string path, CancellationToken cancellation)
    {
        string size = ((_bytes + 1023) / 1024).ToString(CultureInfo.InvariantCulture);
        Write("DEBIAN/control", Encoding.UTF8.GetBytes(control.Replace("@SIZE@", size, StringComparison.Ordinal)), Plain);
        _files.Sort(static (first, second) => string.CompareOrdinal(first.Path, second.Path));
        Write("DEBIAN/md5sums", Encoding.UTF8.GetBytes(string.Concat(_files.Where(file => !_configurations.Contains($"/{file.Path}")).Select(file => $"{file.Hash}  {file.Path}\n"))), Plain);
        if (_configurations.Count > 0)
            Write("DEBIAN/conffiles", Encoding.UTF8.GetBytes(string.Concat(_configurations.Order(StringComparer.Ordinal).Select(line => $"{line}\n"))), Plain);
        foreach (string entry in Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories).Append(_root).OrderByDescending(entry => entry.Length))
            if (Directory.Exists(entry))
                Directory.SetLastWriteTimeUtc(entry, _time.UtcDateTime);
            else
                File.SetLastWriteTimeUtc(entry, _time.UtcDateTime);
        if (CommandLine.Find("dpkg-deb") is not { } program)
            throw new TargetException("The program dpkg-deb is not there, which packs .deb files. Install it (Debian, Ubuntu: part of the system; Fedora: dpkg; macOS: brew install dpkg).");
        Dictionary<string, string> environment = new() { ["SOURCE_DATE_EPOCH"] = _time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) };
        string packed = $"{_root}.deb";
        ProgramResult result = await CommandLine.RunAsync(program, ["--root-owner-group", "-Zxz", "--build", _root, packed], cancellation, environment).ConfigureAwait(false);
        if (result.Code != 0)
            throw new TargetException($"{path}: dpkg-deb could not pack it: {result.LastLine}");
        TargetException.Guard(path, () => WholeFile.Write(path, stream =>
        {
            using FileStream file = File.OpenRead(packed);
            file.CopyTo(stream);
        }));
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        File.Delete($"{_root}.deb");
    }

    // md5sums is Debian's file against damage, not a signature.
#pragma warning disable CA5351
    private static byte[] MD5(byte[] content) => System.Security.Cryptography.MD5.HashData(content);
#pragma warning restore CA5351

    private void Write(string path, byte[] content, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            throw new TargetException("Packages are made on Linux or macOS; run this command there, or in WSL.");
        string full = Path.Combine(_root, path), folder = _root;
        foreach (string part in (Path.GetDirectoryName(path) ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            folder = Path.Combine(folder, part);
            if (!Directory.Exists(folder))
                Directory.CreateDirectory(folder, Program);
            File.SetUnixFileMode(folder, Program);
        }
        File.SetUnixFileMode(_root, Program);
        File.WriteAllBytes(full, content);
        File.SetUnixFileMode(full, mode);
    }
}
