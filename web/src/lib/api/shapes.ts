/** Names of what the studio and the print service say. Times are RFC 3339 text. */
import type { components as ServiceSays } from './service';
import type { components as StudioSays } from './studio';

type Service = ServiceSays['schemas'];
type Studio = StudioSays['schemas'];

export type Job = Service['Job'];
export type JobDetail = Service['JobDetail'];
export type JobsPage = Service['JobsPage'];
export type JobState = Service['JobState'];
export type Attempt = Service['Attempt'];
export type Copy = Service['Copy'];
export type Allowed = Service['Allowed'];
export type Printer = Service['Printer'];
export type PrinterState = Service['PrinterState'];
export type Queue = Service['Queue'];
export type QueueEntry = Service['QueueEntry'];
export type Bridge = Service['Bridge'];
export type BridgeCode = Service['BridgeCode'];
export type WaitingBridge = Service['WaitingBridge'];
export type Estimate = Service['Estimate'];
export type Share = Service['Share'];
export type Price = Service['Price'];
export type Material = Service['Material'];
export type Quality = Service['Quality'];
export type Reason = Service['Reason'];
export type Size = Service['Size'];
export type SettledAs = Service['SettledAs'];
export type Choices = Service['Choices'];

export type Problem = Studio['Problem'];
export type Role = Studio['Role'];
export type Named = Studio['PersonNamed'];
export type Organisation = Studio['Organisation'];
export type Printing = Studio['Printing'];
export type ServiceUp = Studio['Service'];
export type Limits = Studio['Limits'];
export type Me = Studio['Me'];
export type Session = Studio['Session'];
export type Member = Studio['Member'];
export type Invitation = Studio['Invitation'];
/** A secret link, shown once. */
export type Link = Studio['LinkMade'];
/** What a secret link is for. */
export type LinkFacts = Studio['Link'];
export type Project = Studio['Project'];
export type FileKind = Studio['FileKind'];
export type Badge = Studio['Badge'];
export type Version = Studio['FileVersion'];
export type ProjectFile = Studio['File'];
export type Check = Studio['Check'];
export type EstimateWanted = Studio['PrintEstimateWanted'];
export type PrintWanted = Studio['PrintWanted'];
export type PrintChoice = Pick<PrintWanted, 'infill_pct' | 'supports' | 'copies'> & {
  material: Material;
  quality: Quality;
};
export type AuditEntry = Studio['AuditEntry'];
