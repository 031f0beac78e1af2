/** Tasks of the simulated vCenter: queued, running for a moment, then done or failed. */
import { managedObject } from './managed-object.ts';
import { Anything, data, named, type Ref } from './values.ts';
import { VimFault } from './vim-fault.ts';
import type { World } from './world.ts';

export interface TaskFacts {
  readonly ref: Ref;
  readonly method: string;
  readonly entity: Ref;
  readonly state: 'running' | 'success' | 'error';
}

export class Tasks implements Disposable {
  readonly #world: World;
  readonly #durationMs: number;
  readonly #tasks: { ref: Ref; method: string; entity: Ref; state: TaskFacts['state'] }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(world: World, durationMs: number) {
    this.#world = world;
    this.#durationMs = durationMs;
  }

  get all(): readonly TaskFacts[] {
    return this.#tasks;
  }

  /** @param work what the task does in the end; its fault is the task's */
  start(method: string, entity: Ref, work: () => Ref | undefined): Ref {
    const ref: Ref = { type: 'Task', id: `task-${this.#tasks.length + 1}` };
    const facts = { ref, method, entity, state: 'running' as TaskFacts['state'] };
    this.#tasks.push(facts);
    this.#world.machine(entity)?.recentTasks.push(ref);
    const queueTime = new Date();
    let completeTime: Date | undefined;
    let result: Anything | undefined;
    let fault: VimFault | undefined;
    const name = `${method.charAt(0).toLowerCase()}${method.slice(1).replace(/_Task$/, '')}`;
    this.#world.put(
      managedObject(ref, {
        info: () =>
          data('TaskInfo', {
            key: ref.id,
            task: ref,
            name: method,
            descriptionId: `${entity.type}.${name}`,
            entity,
            entityName: this.#world.machine(entity)?.spec.name,
            state: named('TaskInfoState', facts.state),
            cancelled: false,
            cancelable: false,
            error: fault?.localized,
            result,
            progress: facts.state === 'running' ? 50 : undefined,
            queueTime,
            startTime: queueTime,
            completeTime,
            eventChainId: this.#tasks.indexOf(facts) + 1,
          }),
      }),
    );
    this.#later(() => {
      try {
        const made = work();
        result = made === undefined ? undefined : new Anything(made);
        facts.state = 'success';
      } catch (error) {
        fault =
          error instanceof VimFault ? error : new VimFault('SystemError', String(error), { reason: String(error) });
        facts.state = 'error';
      }
      completeTime = new Date();
      this.#world.changed();
    });
    return ref;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, this.#durationMs);
    this.#timers.add(timer);
  }
}
