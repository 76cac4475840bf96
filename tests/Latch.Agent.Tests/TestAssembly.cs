using System.Reflection;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]
[assembly: AssemblyMetadata("LatchTarget", "a-board")]
