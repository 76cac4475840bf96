namespace Latch.Sensors.Iio;

/// <summary>Attributes in sysfs as text.</summary>
internal static class IioFile
{
    internal const string Permission = "The user needs the group that the udev rule of Latch.Sensors' README gives to IIO devices.";

    /// <exception cref="SensorException">The file cannot be read.</exception>
    internal static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorException(path, $"cannot be read: {e.Message.TrimEnd('.')}. {Advice(e)}", e);
        }
    }

    /// <exception cref="SensorException">The file cannot be written, or the driver refuses the value.</exception>
    internal static void Write(string path, string value)
    {
        try
        {
            File.WriteAllText(path, value + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string offered = path + "_available";
            string choices = File.Exists(offered) ? $" It offers {Read(offered)}." : "";
            throw new SensorException(path, $"'{value}' cannot be written: {e.Message.TrimEnd('.')}.{choices} {Advice(e)}", e);
        }
    }

    internal static string Advice(Exception e) => e is UnauthorizedAccessException ? Permission : "Check that the device is there and that no other program uses its buffer.";
}
