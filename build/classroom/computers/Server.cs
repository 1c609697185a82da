// A static server for one folder and this computer alone. start.cmd has PowerShell compile and run it, so it keeps to
// the C# that every Windows brings; tools/serve.pl is the same for macOS and Linux.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Glassformer
{
    public static class Server
    {
        static readonly Dictionary<string, string> Types = new Dictionary<string, string>
        {
            { ".css", "text/css" }, { ".html", "text/html; charset=utf-8" }, { ".js", "text/javascript" },
            { ".json", "application/json" }, { ".md", "text/plain; charset=utf-8" }, { ".mjs", "text/javascript" },
            { ".png", "image/png" }, { ".py", "text/x-python" }, { ".svg", "image/svg+xml" },
            { ".wasm", "application/wasm" }, { ".webmanifest", "application/manifest+json" },
            { ".woff2", "font/woff2" },
        };

        static string root;

        public static int Main(string[] arguments)
        {
            root = Path.GetFullPath(arguments[0]);
            if (!File.Exists(Path.Combine(root, "index.html")))
            {
                Console.Error.WriteLine("There is no index.html in " + root + ".");
                return 1;
            }
            TcpListener listener = Listen();
            if (listener == null)
            {
                Console.Error.WriteLine("No port from 8000 to 8999 is free.");
                return 1;
            }
            string address = "http://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port + "/";
            Console.WriteLine("Glassformer is at " + address);
            Console.WriteLine("If no browser opens, open that address. To stop, close this window.");
            if (Array.IndexOf(arguments, "--no-browser") < 0)
            {
                OpenBrowser(address);
            }
            while (true)
            {
                TcpClient client = listener.AcceptTcpClient();
                Thread thread = new Thread(delegate() { Serve(client); });
                thread.IsBackground = true;
                thread.Start();
            }
        }

        static void OpenBrowser(string address)
        {
            try
            {
                Process.Start(address);
            }
            catch (Exception)
            {
                // There is none that Windows knows of; the address has been printed.
            }
        }

        static TcpListener Listen()
        {
            for (int port = 8000; port < 9000; port++)
            {
                TcpListener listener = new TcpListener(IPAddress.Loopback, port);
                listener.ExclusiveAddressUse = true;
                try
                {
                    listener.Start();
                    return listener;
                }
                catch (SocketException)
                {
                }
            }
            return null;
        }

        static void Serve(TcpClient client)
        {
            try
            {
                using (client)
                using (NetworkStream stream = client.GetStream())
                {
                    Answer(stream);
                }
            }
            catch (Exception)
            {
                // The browser went away, or the file cannot be read: the others are served on.
            }
        }

        static void Answer(Stream stream)
        {
            StreamReader reader = new StreamReader(stream, Encoding.ASCII);
            string line = reader.ReadLine();
            if (line == null)
            {
                return;
            }
            string header;
            do
            {
                header = reader.ReadLine();
            }
            while (!string.IsNullOrEmpty(header));
            string[] words = line.Split(' ');
            if (words.Length < 2 || (words[0] != "GET" && words[0] != "HEAD"))
            {
                Head(stream, "405 Method Not Allowed", "text/plain", 0);
                return;
            }
            string file = Find(words[1]);
            if (file == null)
            {
                Head(stream, "404 Not Found", "text/plain", 0);
                return;
            }
            string type;
            if (!Types.TryGetValue(Path.GetExtension(file).ToLowerInvariant(), out type))
            {
                type = "application/octet-stream";
            }
            using (FileStream data = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read))
            {
                Head(stream, "200 OK", type, data.Length);
                if (words[0] == "GET")
                {
                    data.CopyTo(stream);
                }
            }
        }

        // The file that a request names, null when there is none inside the folder.
        static string Find(string target)
        {
            string path = Uri.UnescapeDataString(target.Split('?', '#')[0]);
            if (path.EndsWith("/"))
            {
                path += "index.html";
            }
            try
            {
                string file = Path.GetFullPath(Path.Combine(root, path.TrimStart('/', '\\')));
                bool inside = file.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.OrdinalIgnoreCase);
                return inside && File.Exists(file) ? file : null;
            }
            catch (ArgumentException)
            {
                return null;
            }
            catch (NotSupportedException)
            {
                return null;
            }
        }

        static void Head(Stream stream, string status, string type, long length)
        {
            byte[] head = Encoding.ASCII.GetBytes("HTTP/1.1 " + status + "\r\nContent-Type: " + type
                + "\r\nContent-Length: " + length + "\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n");
            stream.Write(head, 0, head.Length);
        }
    }
}
