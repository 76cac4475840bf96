using System.Globalization;

namespace Latch.Targets.Deploy;

/// <summary>What a board says of itself, before anything is changed on it.</summary>
internal sealed class BoardFacts
{
    /// <summary>Prints 'package=name version status' for each package of Latch.</summary>
    public const string PackagesScript = @"dpkg-query -W -f='package=${Package} ${Version} ${db:Status-Status}\n' 'latch-*' 2>/dev/null";

    /// <summary>Prints one 'key=value' a line; changes nothing.</summary>
    public const string Script = $$"""
        PATH=$PATH:/usr/sbin:/sbin
        echo "machine=$(uname -m)"
        echo "architecture=$(dpkg --print-architecture 2>/dev/null)"
        echo "glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2)"
        echo "system=$(. /etc/os-release 2>/dev/null; echo "$PRETTY_NAME")"
        echo "board=$(tr -d '\000' </proc/device-tree/model 2>/dev/null)"
        echo "freeVar=$(df -Pk /var/lib | awk 'NR == 2 { print $4 }')"
        echo "freeHome=$(df -Pk "$HOME" | awk 'NR == 2 { print $4 }')"
        echo "memory=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)"
        echo "clock=$(date +%s)"
        echo "groups=$(getent group | cut -d: -f1 | tr '\n' ' ')"
        if [ "$(id -u)" -eq 0 ]; then echo sudo=root; elif sudo -n true 2>/dev/null; then echo sudo=yes; else echo sudo=no; fi
        if [ -d /run/systemd/system ]; then echo "systemd=$(systemctl --version | awk 'NR == 1 { print $2 }')"; fi
        {{PackagesScript}}
        if cmp -s /usr/lib/latch/agent/latch-agent /var/lib/latch/current/latch-agent; then echo "content=$(cat /usr/lib/latch/agent/content)"; fi
        if [ -x /usr/lib/latch/latch-slot ]; then /usr/lib/latch/latch-slot status 2>/dev/null | sed -n 's/^\([a-z-]*\): /slot.\1=/p'; fi
        :
        """;

    private readonly Dictionary<string, string> _values = [];
    private readonly List<string> _packages = [];

    /// <param name="text">What the script printed.</param>
    /// <param name="asked">Time of the host halfway through it.</param>
    public BoardFacts(string text, DateTimeOffset asked)
    {
        foreach (string line in text.Split('\n'))
        {
            int sign = line.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
                continue;
            if (line.StartsWith("package=", StringComparison.Ordinal))
                _packages.Add(line[(sign + 1)..].Trim());
            else
                _values[line[..sign]] = line[(sign + 1)..].Trim();
        }
        ClockSkew = long.TryParse(this["clock"], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? seconds - asked.ToUnixTimeMilliseconds() / 1000.0 : double.NaN;
    }

    /// <summary>Seconds by which the board's clock is ahead of the host's.</summary>
    public double ClockSkew { get; }

    /// <summary>Latch packages: "name version status".</summary>
    public IReadOnlyList<string> Packages => _packages;

    public IReadOnlyList<string> Groups => this["groups"].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A value, empty when the board did not give it.</summary>
    public string this[string key] => _values.GetValueOrDefault(key, "");

    public long Number(string key) => long.TryParse(this[key], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : -1;
}
