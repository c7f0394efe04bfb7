// The engine as the page sees it: asynchronous, one job at a time, and stopped by ending its worker.
import type { Answer, Ask, JobName, Jobs } from "./messages";

/** The job was stopped, or a newer one of its kind took its place. */
export class Stopped extends Error {}

interface Waiting {
  ask: Ask;
  done: (value: never) => void;
  failed: (error: Error) => void;
}

export class Engine {
  #worker!: Worker;
  #running: Waiting | undefined;
  #queue: Waiting[] = [];
  #last = 0;
  #isReady = false;
  /** The document that is loaded: a new worker has to load it again. */
  #loaded: Jobs["load"][0] | undefined;
  readonly #changed: (isBusy: boolean) => void;

  /** `changed` is told when work begins and ends. */
  constructor(changed: (isBusy: boolean) => void) {
    this.#changed = changed;
    this.#start();
  }

  #start() {
    this.#isReady = false;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "engine" });
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (worker !== this.#worker) return;
      if ("ready" in data) {
        this.#isReady = true;
        this.#next();
        return;
      }
      const running = this.#running;
      if (running === undefined || running.ask.id !== data.id) return;
      this.#running = undefined;
      if ("error" in data) running.failed(new Error(data.error));
      else running.done(data.value as never);
      this.#next();
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      this.#running?.failed(new Error(event.message || "the engine could not be started"));
      this.#running = undefined;
      this.#changed(false);
    });
  }

  /** Asks for a job. Of the jobs of a kind that wait, the last is done. */
  ask<Name extends JobName>(job: Name, value: Jobs[Name][0]): Promise<Jobs[Name][1]> {
    if (job === "load") this.#loaded = value as Jobs["load"][0];
    return new Promise((done, failed) => {
      const replaced = this.#queue.filter((it) => it.ask.job === job && job !== "explain");
      this.#queue = this.#queue.filter((it) => !replaced.includes(it));
      for (const it of replaced) it.failed(new Stopped());
      this.#last += 1;
      this.#queue.push({ ask: { id: this.#last, job, value }, done: done as Waiting["done"], failed });
      this.#next();
    });
  }

  /** Ends what runs and what waits, and starts anew. */
  stop() {
    const ended = [...(this.#running ? [this.#running] : []), ...this.#queue];
    this.#worker.terminate();
    this.#running = undefined;
    this.#queue = [];
    this.#start();
    for (const it of ended) it.failed(new Stopped());
    if (this.#loaded !== undefined) this.ask("load", this.#loaded).catch(() => undefined);
    this.#changed(false);
  }

  #next() {
    if (!this.#isReady || this.#running !== undefined) return;
    this.#running = this.#queue.shift();
    this.#changed(this.#running !== undefined);
    if (this.#running !== undefined) this.#worker.postMessage(this.#running.ask);
  }
}
