using System.Diagnostics;
using System.Security.Cryptography;
using Latch.Bundle;

namespace Latch.Targets.Tests.Fleet;

/// <summary>The step of the Ansible role that forgets signers, run by Ansible on this machine with a folder of the test for /etc/latch/keys.</summary>
public sealed class WithdrawnSignersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-signers-").FullName;

    private string Keys => Directory.CreateDirectory(Path.Combine(_folder, "keys")).FullName;

    [Fact]
    public void Role_SignerNotNamedAnyMore_IsForgottenAndTheAgentStartedAnew()
    {
        string old = Key("old"), release = Key("release");
        File.Copy(old, Path.Combine(Keys, "old.pub.pem"));
        File.Copy(release, Path.Combine(Keys, "release.pub.pem"));
        // As the agent's package brings them: under the key's id.
        Packaged(old);
        string kept = Packaged(release);
        File.WriteAllText(Path.Combine(Keys, "README"), "not a key");
        Assert.True(Run(release));
        Assert.Equal(new[] { "README", kept, "release.pub.pem" }.Order(StringComparer.Ordinal), Names());
        Assert.False(Run(release));
    }

    [Fact]
    public void Role_NoSignersNamed_KeepsWhatIsThere()
    {
        string kept = Packaged(Key("old"));
        Assert.False(Run());
        Assert.Equal([kept], Names());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Key(string name)
    {
        string path = Path.Combine(_folder, $"{name}.pem");
        BundleKeys.Create(path);
        return BundleKeys.PublicPath(path);
    }

    private string Packaged(string key)
    {
        using ECDsa loaded = BundleKeys.LoadPublic(key);
        string name = $"{BundleKeys.Id(loaded)}.pem";
        File.WriteAllText(Path.Combine(Keys, name), loaded.ExportSubjectPublicKeyInfoPem() + "\n");
        return name;
    }

    private IEnumerable<string> Names() => Directory.GetFiles(Keys).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    // True when the agent would be started anew.
    private bool Run(params string[] signers)
    {
        SharedData.RequirePath("/usr/bin/ansible-playbook", "Ansible (Debian: ansible-core)");
        string play = Path.Combine(_folder, "play.yml"), restarted = Path.Combine(_folder, "restarted");
        File.Delete(restarted);
        File.WriteAllText(play, $$"""
            - hosts: localhost
              connection: local
              gather_facts: false
              vars:
                latch_model_keys: [{{string.Join(", ", signers)}}]
                latch_model_keys_folder: {{Keys}}
              tasks:
                - import_tasks: {{Path.Combine(SharedData.Repository, "targets/fleet/ansible/roles/latch/tasks/withdrawn.yml")}}
              handlers:
                - name: The restart is seen
                  copy: { content: "", dest: {{restarted}} }
                  listen: Restart the agent
            """);
        ProcessStartInfo start = new("/usr/bin/ansible-playbook", ["-i", "localhost,", play]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in new[] { ("LC_ALL", "C.UTF-8"), ("ANSIBLE_HOME", _folder), ("ANSIBLE_LOCAL_TEMP", _folder), ("ANSIBLE_REMOTE_TEMP", _folder), ("ANSIBLE_NOCOLOR", "1") })
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, text);
        return File.Exists(restarted);
    }
}
