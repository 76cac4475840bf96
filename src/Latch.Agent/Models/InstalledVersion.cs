using System.Globalization;

namespace Latch.Agent.Models;

/// <summary>
/// The version of the model that the slot engine confirmed last: the file `installed` beside the link to the slot, one line "NAME VERSION". A rollback writes the older
/// version there before it switches, so that the slot before may start again.
/// </summary>
internal static class InstalledVersion
{
    private const string FileName = "installed";

    /// <summary>Version of the model that is installed where a model lies in a slot, as /var/lib/latch/current/model does.</summary>
    /// <param name="model">Folder of a bundle.</param>
    /// <returns>Above zero; null where the folder around the model is no link, and where nothing, or nothing whole, was written down yet.</returns>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static int? Beside(string model)
    {
        DirectoryInfo? slot = new DirectoryInfo(Path.TrimEndingDirectorySeparator(model)).Parent;
        if (slot?.LinkTarget is null || slot.Parent is not { } folder)
            return null;
        string path = Path.Combine(folder.FullName, FileName);
        if (!File.Exists(path))
            return null;
        return File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var version]
            && int.TryParse(version, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
    }
}
