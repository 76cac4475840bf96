using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latch.Metrics.Tests;

/// <summary>The README's example and tables are what the code reads.</summary>
public sealed class ReadmeTests
{
    private static readonly JsonSerializerOptions s_strict = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
    private static readonly string s_text = File.ReadAllText(Path.Combine(SharedData.Repository, "src", "Latch.Metrics", "README.md"));

    [Fact]
    public void Readme_Configuration_IsRead()
    {
        string block = s_text.Split("```json metrics\n")[1].Split("```")[0];
        MetricsOptions options = JsonSerializer.Deserialize<MetricsOptions>(block, s_strict)!;
        Assert.StartsWith("otlp.headersFile:", Assert.Single(options.Faults()), StringComparison.Ordinal);
        Assert.Equal(new PrometheusOptions(), options.Prometheus);
    }

    [Fact]
    public void Readme_Table_HasEveryKey()
    {
        string[] keys = [.. Keys(typeof(OtlpOptions), "otlp."), .. Keys(typeof(PrometheusOptions), "prometheus."), "meters"];
        Assert.Equal(8, keys.Length);
        Assert.All(keys, static key => Assert.Contains($"`{key}`", s_text, StringComparison.Ordinal));
    }

    [Fact]
    public void Monitoring_Readme_NamesEveryAlert()
    {
        string folder = Path.Combine(SharedData.Repository, "targets", "fleet", "monitoring");
        string[] alerts = [.. File.ReadAllLines(Path.Combine(folder, "latch-alerts.yml")).Where(static line => line.Contains("- alert: ", StringComparison.Ordinal)).Select(static line => line.Split(": ")[1])];
        Assert.Equal(9, alerts.Length);
        string text = File.ReadAllText(Path.Combine(folder, "README.md"));
        Assert.All(alerts, alert => Assert.Contains($"`{alert}`", text, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Keys(Type type, string prefix) =>
        type.GetProperties().Where(static property => property.CanWrite).Select(property => prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name));
}
