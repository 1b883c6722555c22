/** What the print service's answers carry for people, under the names the pages use. */
import type { components } from '../api/service';

type Service = components['schemas'];

/** What is known of a print's future: about a moment, or the one before which it cannot be. */
export type Expected = Service['Expected'];
/** Something that happened to a job. */
export type Happened = Service['Happened'];
export type ShownEntry = Service['QueueEntry'];
export type ShownQueue = Service['Queue'];
/** A job as the answer to sending it tells it. */
export type SentJob = Service['JobDetail'];
export type ShownJob = Service['JobDetail'];
export type ShownPrinter = Service['Printer'];
