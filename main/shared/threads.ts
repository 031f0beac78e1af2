/** Ends threads in good order: asked first, and only stopped from outside when they do not answer. */

/** What this needs of a `Worker` of node:worker_threads. */
interface Thread {
  postMessage(message: unknown): void;
  once(event: 'exit', heard: () => void): unknown;
  terminate(): Promise<unknown>;
}

/** A thread in the middle of a long job is not waited for any longer. */
const PATIENCE_MS = 3000;

/**
 * Sends `request`, which the thread takes for its end, and waits until it has left. The thread must run still.
 * On Node 18 a thread that has threads of its own was seen to spin for ever when it was stopped from outside.
 */
export async function endThread(thread: Thread, request: unknown): Promise<void> {
  await new Promise<void>((resolve) => {
    const giveUp = setTimeout(() => void thread.terminate().then(() => resolve()), PATIENCE_MS);
    thread.once('exit', () => {
      clearTimeout(giveUp);
      resolve();
    });
    thread.postMessage(request);
  });
}
