/** The job that judges an estate, from wherever that comes, and keeps or tells what it found. */
import { rm } from 'node:fs/promises';
import { AssessJob, type AssessResult } from '../../main/shared/assess-jobs.ts';
import { noSiteRules } from '../../main/shared/site-rules.ts';
import type { JobContext } from '../engine/job-context.ts';
import { anonymised } from './anonymise.ts';
import { anonymousWish } from './anonymous-wish.ts';
import { estateOf } from './estate-of.ts';
import { judge } from './judge.ts';
import { demandSome } from './nothing-chosen.ts';
import { demandKnownDatastores } from './unknown-datastore.ts';
import { writeAssessment, writeEstate, writeEstateLines } from './kept.ts';

/** @throws GutsError */
export async function assess(request: unknown, { signal }: Pick<JobContext, 'signal'>): Promise<AssessResult> {
  const {
    of,
    cloud,
    options,
    site: wanted = noSiteRules,
    version,
    anonymiseTo,
    keepAt,
    mayBeNone,
  } = AssessJob.parse(request);
  const told = await estateOf(of, signal);
  if (mayBeNone !== true) {
    demandSome(told, options.machines);
    demandKnownDatastores(told, options.volumeTypes);
  }
  const wish = anonymiseTo === null ? { estate: told, options, notChosen: 0 } : anonymousWish(told, options);
  const { estate } = wish;
  if (anonymiseTo !== null) await writeEstate(anonymiseTo, estate);
  // A site's own rules look at names, which are gone, and say things in its own words, which are not to be handed on.
  const site = anonymiseTo === null ? wanted : { ...wanted, rules: [] };
  const { machines, ...summary } = await judge({ ...wish, cloud, site, version }, signal);
  if (keepAt === null) return { summary, machines };
  await writeEstateLines(keepAt.estate, anonymiseTo === null ? anonymised(estate) : estate);
  try {
    await writeAssessment(keepAt.assessment, summary, machines);
  } catch (error) {
    await rm(keepAt.estate, { force: true });
    throw error;
  }
  return { summary, machines: [] };
}
