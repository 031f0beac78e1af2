/** Counts what the server answers and how long that takes, and looks at the process that does it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric } from './metrics.ts';

const BUCKET_SECONDS = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

export class Tally {
  readonly #requests = new Map<string, { readonly labels: Readonly<Record<string, string>>; count: number }>();
  readonly #buckets = BUCKET_SECONDS.map(() => 0);
  #seconds = 0;
  #count = 0;
  #loop: ReturnType<typeof monitorEventLoopDelay> | undefined;

  /** @param operation its name, or `none` where nothing is at the path */
  count(operation: string, status: number, seconds: number): void {
    const labels = { operation, status: String(status) };
    const key = `${operation} ${status}`;
    const known = this.#requests.get(key) ?? { labels, count: 0 };
    known.count += 1;
    this.#requests.set(key, known);
    for (const [index, most] of BUCKET_SECONDS.entries())
      if (seconds <= most) this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#seconds += seconds;
    this.#count += 1;
  }

  /** How long the process could not attend to anything is told for the time since it was asked last. */
  metrics(): Metric[] {
    const requests = [...this.#requests.values()].map(({ labels, count }) => ({ labels, value: count }));
    const buckets = BUCKET_SECONDS.map((most, index) => ({
      suffix: '_bucket',
      labels: { le: String(most) },
      value: this.#buckets[index] ?? 0,
    }));
    return [
      counter('guts_requests_total', 'Requests answered, by operation and status', requests),
      {
        name: 'guts_request_seconds',
        help: 'How long answers took; of event streams, until they began',
        type: 'histogram',
        samples: [
          ...buckets,
          { suffix: '_bucket', labels: { le: '+Inf' }, value: this.#count },
          { suffix: '_sum', value: this.#seconds },
          { suffix: '_count', value: this.#count },
        ],
      },
      ...this.#process(),
    ];
  }

  #process(): Metric[] {
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const loop = this.#loop;
    const lag = (nanoseconds: number | undefined): number => (nanoseconds === undefined ? 0 : nanoseconds / 1e9);
    const metrics = [
      gauge('process_resident_memory_bytes', 'Memory of the process', rss),
      gauge('nodejs_heap_used_bytes', 'Memory of it that holds objects', heapUsed),
      gauge('nodejs_external_memory_bytes', 'Memory of it that holds buffers', external),
      counter('process_cpu_seconds_total', 'Processor time of the process', [{ value: (user + system) / 1e6 }]),
      gauge(
        'process_start_time_seconds',
        'When it was started, in seconds since 1970',
        Date.now() / 1000 - process.uptime(),
      ),
      gauge(
        'nodejs_eventloop_lag_p50_seconds',
        'Half of the turns of the event loop were later than this',
        lag(loop?.percentile(50)),
      ),
      gauge('nodejs_eventloop_lag_p99_seconds', 'One in a hundred was later than this', lag(loop?.percentile(99))),
      gauge('nodejs_eventloop_lag_max_seconds', 'None was later than this', lag(loop?.max)),
    ];
    this.#loop ??= monitorEventLoopDelay({ resolution: 10 });
    this.#loop.enable();
    this.#loop.reset();
    return metrics;
  }
}

export const gauge = (name: string, help: string, value: number): Metric => ({
  name,
  help,
  type: 'gauge',
  samples: [{ value }],
});
const counter = (name: string, help: string, samples: Metric['samples']): Metric => ({
  name,
  help,
  type: 'counter',
  samples,
});
