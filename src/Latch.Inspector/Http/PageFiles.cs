using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Latch.Inspector.Http;

/// <summary>The page's files, embedded in this assembly and looked up by their exact name: there is no path to leave.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "wwwroot/";

    private readonly Dictionary<string, PageFile> _files = [];

    public PageFiles()
    {
        Assembly assembly = typeof(PageFiles).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            _files["/" + name[Prefix.Length..].Replace('\\', '/')] = new PageFile(content, ContentType(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
        }
        _files["/"] = _files["/index.html"];
    }

    public Task Send(HttpContext context)
    {
        if (!_files.TryGetValue(context.Request.Path.Value ?? "", out PageFile? file))
            return Answer.Error(context, StatusCodes.Status404NotFound, "There is no such page. The inspector is at /.");
        context.Response.Headers.ETag = file.Tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        context.Response.ContentType = file.Type;
        context.Response.ContentLength = file.Content.Length;
        return context.Response.Body.WriteAsync(file.Content, context.RequestAborted).AsTask();
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        _ => "application/octet-stream",
    };

    private sealed record PageFile(byte[] Content, string Type, string Tag);
}
