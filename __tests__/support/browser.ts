import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

type Params = Readonly<Record<string, unknown>>;

/**
 * A real browser without a window, Debian's Chromium, which is told what to do through a pipe.
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
export class Browser {
  private last = 0;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly listeners = new Set<(message: Message) => void>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly profile: string,
  ) {
    let rest = "";
    (child.stdio[4] as Readable).setEncoding("utf8").on("data", (data) => {
      const parts = `${rest}${data}`.split("\0");
      rest = parts.pop() ?? "";
      for (const part of parts) this.receive(JSON.parse(part) as Message);
    });
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), "browser-"));
    const child = spawn(
      "chromium",
      [
        "--headless",
        "--no-sandbox",
        "--remote-debugging-pipe",
        "--hide-scrollbars",
        `--user-data-dir=${profile}`,
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    const browser = new Browser(child, profile);
    await browser.send("Browser.getVersion");
    return browser;
  }

  /** Opens a page, and waits until it is loaded. */
  async open(url: string, view: View): Promise<Page> {
    const { targetId } = await this.send("Target.createTarget", {
      url: "about:blank",
    });
    const { sessionId } = await this.send("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new Page(this, String(sessionId), String(targetId));
    await page.load(url, view);
    return page;
  }

  async send(method: string, params: Params = {}, sessionId?: string) {
    const id = ++this.last;
    const answer = new Promise<Message>((resolve) =>
      this.waiting.set(id, resolve),
    );
    const message = { id, method, params, ...(sessionId && { sessionId }) };
    (this.child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    const { result = {}, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  listen(listener: (message: Message) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("close", resolve));
    await this.send("Browser.close");
    await ended;
    rmSync(this.profile, { recursive: true, force: true });
  }

  private receive(message: Message): void {
    const { id } = message;
    if (id === undefined) for (const tell of this.listeners) tell(message);
    else this.waiting.get(id)?.(message);
  }
}

/** How a page is looked at. */
export interface View {
  readonly width: number;
  /** @default 900 */
  readonly height?: number;
  /** @default light */
  readonly scheme?: "light" | "dark";
  /** @default screen */
  readonly media?: "screen" | "print";
}

export class Page {
  /** What the page complained about: errors of scripts, and what the browser refused or could not load. */
  readonly complaints: string[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly session: string,
    private readonly target: string,
  ) {}

  async load(url: string, view: View): Promise<void> {
    const loaded = new Promise<void>((resolve) =>
      this.browser.listen(({ sessionId, method, params }) => {
        if (sessionId !== this.session) return;
        if (method === "Page.loadEventFired") resolve();
        if (method === "Log.entryAdded" || method === "Runtime.exceptionThrown")
          this.complaints.push(JSON.stringify(params));
      }),
    );
    for (const domain of ["Page", "Log", "Runtime"])
      await this.send(`${domain}.enable`);
    await this.lookAt(view);
    await this.send("Page.navigate", { url });
    await loaded;
  }

  async lookAt({
    width,
    height = 900,
    scheme = "light",
    media = "screen",
  }: View): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.send("Emulation.setEmulatedMedia", {
      media,
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as {
      result: { value: T };
      exceptionDetails?: { exception: { description: string } };
    };
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  /** A picture of the whole page, in PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send("Page.captureScreenshot", {
      captureBeyondViewport: true,
    });
    return Buffer.from(String(data), "base64");
  }

  async pdf(): Promise<Buffer> {
    const { data } = await this.send("Page.printToPDF", {
      printBackground: false,
    });
    return Buffer.from(String(data), "base64");
  }

  async close(): Promise<void> {
    await this.browser.send("Target.closeTarget", { targetId: this.target });
  }

  private send(method: string, params: Params = {}) {
    return this.browser.send(method, params, this.session);
  }
}
