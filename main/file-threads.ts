/** How many threads this process has for what waits for disks: a flush holds one, and Node's own four make fifty migrations queue. */

const THREADS = '16';

/** Before the first file is touched, or it changes nothing. What the operator has set holds. */
export function moreFileThreads(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= THREADS;
}
