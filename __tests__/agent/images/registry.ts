import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { digest, ociManifest, type TestImage } from "./image";

export interface Registry {
  /** `127.0.0.1:40123` */
  readonly host: string;
  /** The paths that were requested. */
  readonly requests: string[];
  end(): Promise<void>;
}

/**
 * A registry that supports pulling. The images have names of the form `repository:tag`.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export async function startRegistry(
  images: Readonly<Record<string, TestImage>>,
): Promise<Registry> {
  const content = new Map<string, { type: string; body: Buffer }>();
  const blob = (body: Buffer) => ({ type: "application/octet-stream", body });
  for (const [name, image] of Object.entries(images)) {
    const [repository, tag] = name.split(":");
    const body = ociManifest(image);
    const type = "application/vnd.oci.image.manifest.v1+json";
    for (const reference of [tag, digest(body)])
      content.set(`/v2/${repository}/manifests/${reference}`, { type, body });
    for (const part of [image.config, image.layer])
      content.set(`/v2/${repository}/blobs/${digest(part)}`, blob(part));
  }
  const requests: string[] = [];
  const server = createServer((request, response) => {
    // When it is used as a proxy, the request has a whole URL.
    const path = new URL(request.url!, "http://localhost").pathname;
    requests.push(path);
    const found = content.get(path);
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": found.type,
      "Content-Length": found.body.length,
      "Docker-Content-Digest": digest(found.body),
    });
    response.end(request.method === "HEAD" ? undefined : found.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
