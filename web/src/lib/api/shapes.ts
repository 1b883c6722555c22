/** What the studio says and hears, as one table of calls. Times are RFC 3339 text. */
import type { components } from './service';

type Service = components['schemas'];
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
export type Estimate = Service['Estimate'];
export type Share = Service['Share'];
export type Price = Service['Price'];
export type Material = Service['Material'];
export type Quality = Service['Quality'];
export type Reason = Service['Reason'];
export type Size = Service['Size'];
export type SettledAs = Service['SettledAs'];

export type Role = 'owner' | 'manager' | 'editor' | 'viewer';
export interface Named {
  id: string;
  name: string;
}
export interface Organisation extends Named {
  role: Role;
}

/** What a problem document says (RFC 9457 with a code and a remedy). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  remedy: string;
  request_id: string;
}

export interface Printing {
  on: boolean;
  since: string;
  by?: string | null;
  can_switch: boolean;
}
export interface ServiceUp {
  up: boolean;
  since: string;
}
export interface Limits {
  model_bytes: number;
  gcode_bytes: number;
  other_bytes: number;
  quota_bytes: number;
  used_bytes: number;
  name_chars: number;
  notes_chars: number;
  copies: number;
}
export interface Me {
  person: { id: string; name: string; email: string };
  organisation: Organisation;
  organisations: Organisation[];
  csrf: string;
  printing: Printing;
  allowed: string[];
  limits: Limits;
  service: ServiceUp;
  version: string;
}
export interface Session {
  id: string;
  device: string;
  created_at: string;
  seen_at: string;
  current: boolean;
}
export interface Member {
  person: { id: string; name: string; email?: string | null };
  role: Role;
  since: string;
  allowed: string[];
}
export interface Invitation {
  id: string;
  role: Role;
  email?: string | null;
  project?: Named | null;
  expires_at: string;
  made_by: string;
}
/** A secret link, shown once. */
export interface Link {
  link: string;
  expires_at: string;
}
export interface LinkFacts {
  purpose: 'setup' | 'invitation' | 'sign_in' | 'reset';
  organisation?: Named | null;
  project?: Named | null;
  role?: Role | null;
  email?: string | null;
  name?: string | null;
  expires_at: string;
}

export interface Project extends Named {
  is_drafts: boolean;
  role: Role;
  created_at: string;
  files: number;
  allowed: string[];
}
export type FileKind =
  | 'stl'
  | 'obj'
  | '3mf'
  | 'gcode'
  | 'gltf'
  | 'glb'
  | 'image'
  | 'pdf'
  | 'document'
  | 'text';
export interface Badge {
  state: 'idle' | 'queued' | 'printing' | 'printed' | 'failed' | 'canceled' | 'needs_you';
  progress_pct?: number | null;
  place?: number | null;
  job?: string | null;
  at?: string | null;
}
export interface Version {
  id: string;
  number: number;
  sha256: string;
  created_at: string;
}
export interface ProjectFile extends Named {
  project: string;
  kind: FileKind;
  printable: boolean;
  prints_later: boolean;
  size_bytes: number;
  version: Version;
  created_at: string;
  created_by: Named;
  badge: Badge;
  handover: 'none' | 'waiting' | 'done' | 'failed';
  allowed: string[];
}
export interface Check {
  state: 'waiting' | 'checking' | 'ready' | 'refused';
  /** Width, depth and height. */
  size_mm?: number[] | null;
  volume_mm3?: number | null;
  triangles?: number | null;
  reason?: Reason | null;
}

/** What the print dialog offers. */
export type Choices = Service['Choices'];
export interface PrintChoice {
  material: Material;
  quality: Quality;
  infill_pct: number;
  supports: boolean;
  copies: number;
}
export interface EstimateWanted extends PrintChoice {
  file: string;
  version?: string;
}
export interface PrintWanted extends EstimateWanted {
  notes: string;
  printer: string | null;
}
export interface AuditEntry {
  seq: number;
  at: string;
  who: string;
  what: string;
  object: string;
  facts: Record<string, unknown>;
}
