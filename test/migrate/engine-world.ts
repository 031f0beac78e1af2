/** One engine thread between a small vCenter and a small cloud, given jobs as its host gives them; several at once if need be. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import * as path from 'node:path';
import { EngineClient, type JobListener } from '../../main/engine-client.ts';
import { defaultOptions, MigrationId, type MigrationOptions } from '../../main/shared/migration.ts';
import type { MigrationRecord, MigrationRequest } from '../../main/shared/migration.ts';
import type { CancelJob, MigrateJob } from '../../main/shared/move-jobs.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { openImage } from '../../worker/disk/open.ts';
import { JournalFile, journalPath, readJournal } from '../../worker/engine/journal-file.ts';
import { MoveEntry } from '../../worker/engine/migrate/journal.ts';
import { seededContent } from '../lab/content.ts';
import { signInAs } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter, type VcenterState } from '../lab/vcenter/vcenter.ts';
import { contentHash, MiB, scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { signInTo } from '../support/vsphere-source.ts';

export type Machine = VcenterState['machines'][number];
type Wishes = Partial<Omit<MigrateJob, 'kind' | 'request'>>;

const never = new AbortController().signal;

export class EngineWorld implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  readonly engine: EngineClient;
  readonly #folder = scratch();
  #requests = 0;

  /** @param machines of each, the sizes of its disks; they run, and are called `vm-0`, `vm-1` … */
  static async open(...machines: readonly (readonly number[])[]): Promise<EngineWorld> {
    const vcenter = await startVcenter({
      machines: machines.map((sizes, machine) => ({
        name: `vm-${machine}`,
        power: 'on',
        changeTracking: true,
        disks: sizes.map((sizeBytes, disk) => ({
          sizeBytes,
          isThin: true,
          content: seededContent(`disk ${disk} of vm-${machine}`, sizeBytes, 10 * machine + disk + 1),
        })),
        nics: [{ network: 'VM Network' }],
      })),
      withOthers: false,
      shutdownMs: 300,
    });
    return new EngineWorld(vcenter, await startOpenstack({ buildMs: 20 }));
  }

  private constructor(vcenter: Vcenter, cloud: OpenstackLab) {
    this.vcenter = vcenter;
    this.cloud = cloud;
    this.engine = new EngineClient();
  }

  request(vm: string, options: Partial<MigrationOptions> = {}): MigrationRequest {
    const { source, destination } = this.signIns();
    return {
      id: MigrationId.parse(`mig_${String(++this.#requests).padStart(12, '0')}`),
      source: source.connection.id,
      destination: destination.connection.id,
      vm: { ref: this.machine(vm).ref, name: vm },
      options: { ...defaultOptions, networks: [{ from: null, to: 'lan', ip: 'auto' }], ...options },
      createdAt: new Date().toISOString(),
    };
  }

  async migrate(
    request: MigrationRequest,
    wishes: Wishes = {},
    { signal = never, ...listener }: JobListener & { readonly signal?: AbortSignal } = {},
  ): Promise<MigrationRecord> {
    const job = { kind: 'migrate', request, ...this.signIns(), dataDir: this.dataDir, lanes: 2, ...wishes } as const;
    return await this.engine.run(job, signal, listener);
  }

  async record({ id }: MigrationRequest): Promise<MigrationRecord> {
    const [record] = await this.engine.run({ kind: 'migrations', dataDir: this.dataDir, id }, never);
    if (record === undefined) throw new Error(`${id} is unknown`);
    return record;
  }

  async cancel(
    { id }: MigrationRequest,
    sides: Pick<CancelJob, 'source' | 'destination'> = this.signIns(),
  ): Promise<MigrationRecord> {
    const job = { kind: 'cancelMigration', id, ...sides, dataDir: this.dataDir } as const;
    return await this.engine.run(job, never);
  }

  async pause({ id }: MigrationRequest): Promise<MigrationRecord> {
    return await this.engine.run({ kind: 'pauseMigration', id, dataDir: this.dataDir }, never);
  }

  /** Returns when the journal has such an entry. */
  async reaches(request: MigrationRequest, isIt: (entry: MoveEntry) => boolean): Promise<void> {
    await until(
      async () => await this.journal(request),
      (journal) => journal.some(isIt),
    );
  }

  get dataDir(): string {
    return this.#folder.dir;
  }

  signIns(): Pick<MigrateJob, 'source' | 'destination'> {
    return { source: signInTo(this.vcenter), destination: signInAs(this.cloud) };
  }

  machine(vm: string): Machine {
    const machine = this.vcenter.state().machines.find(({ name }) => name === vm);
    if (machine === undefined) throw new Error(`${vm} is gone`);
    return machine;
  }

  async journal(request: MigrationRequest): Promise<readonly MoveEntry[]> {
    return (await readJournal(this.#journalOf(request), MoveEntry)).entries;
  }

  /** A process brought it there, and died. */
  async isAt(request: MigrationRequest, ...stages: readonly Stage[]): Promise<void> {
    const at = new Date().toISOString();
    await this.wrote(request, ...stages.map((stage) => ({ what: 'stage', stage, at }) as const));
  }

  /** That process wrote this, too. */
  async wrote(request: MigrationRequest, ...entries: readonly MoveEntry[]): Promise<void> {
    await using journal = await JournalFile.reopen(this.#journalOf(request), MoveEntry);
    for (const entry of entries) await journal.write(entry);
  }

  /** Everything in the journal happened so much earlier. */
  async letPass(ms: number, request: MigrationRequest): Promise<void> {
    await this.rewrite(request, (entry) =>
      'at' in entry && entry.at !== undefined
        ? { ...entry, at: new Date(Date.parse(entry.at) - ms).toISOString() }
        : entry,
    );
  }

  /** Each line of the journal becomes another one, or none. */
  async rewrite(request: MigrationRequest, change: (entry: MoveEntry) => MoveEntry | null): Promise<void> {
    const [first, ...rest] = (await this.journal(request)).flatMap((entry) => change(entry) ?? []);
    if (first === undefined) throw new Error('there is no journal');
    const at = this.#journalOf(request);
    rmSync(at);
    await using journal = await JournalFile.create<MoveEntry>(path.dirname(at), request.id, first);
    for (const entry of rest) await journal.write(entry);
  }

  /** Whether a server of that name runs in the cloud with what the machine's disks hold now. */
  async hasArrived(vm: string, diskCount: number): Promise<boolean> {
    const [server, ...others] = this.cloud.state().servers.filter(({ name }) => name === vm);
    if (server?.status !== 'ACTIVE' || others.length > 0) return false;
    const disks = this.cloud.serverDisks(server.id);
    const there = await Promise.all(
      disks.map(async ({ path: file }) => {
        await using image = await openImage(file);
        return { hash: await contentHash(image), sizeBytes: image.facts.virtualSizeBytes };
      }),
    );
    for (const [index, { hash, sizeBytes }] of there.entries()) {
      const bytes = Buffer.alloc(sizeBytes);
      await this.vcenter.read(vm, index, bytes, 0);
      if (createHash('sha256').update(bytes).digest('hex') !== hash) return false;
    }
    return disks.length === diskCount;
  }

  /** Names of what there is in the cloud, and what holds machines at home. */
  held(): readonly string[] {
    const { images, volumes, ports, servers } = this.cloud.state();
    return [...[...images, ...volumes, ...ports, ...servers].map(({ name }) => name ?? ''), ...this.heldAtHome()];
  }

  heldAtHome(): readonly string[] {
    const { leases, machines } = this.vcenter.state();
    const open = leases.filter(({ state }) => state === 'ready' || state === 'initializing');
    return [
      ...open.map(({ machine }) => `a lease of ${machine}`),
      ...machines.flatMap(({ name, snapshots }) => snapshots.map(() => `a snapshot of ${name}`)),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    await Promise.all([this.vcenter[Symbol.asyncDispose](), this.cloud[Symbol.asyncDispose]()]);
    this.#folder[Symbol.dispose]();
  }

  #journalOf({ id }: MigrationRequest): string {
    return journalPath(path.join(this.dataDir, 'migrations'), id);
  }
}

export const sizes = { small: 2 * MiB, large: 12 * MiB } as const;
