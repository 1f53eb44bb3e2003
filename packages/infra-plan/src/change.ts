/**
 * What is to happen to a thing. `replace` is a delete and a create in either order; `forget` leaves the thing alone
 * and only takes it out of the state; `import` brings one into the state without changing it.
 */
export type ChangeKind =
  | 'create'
  | 'update'
  | 'replace'
  | 'delete'
  | 'read'
  | 'forget'
  | 'import'
  | 'move'
  | 'no-op';

/** A value as a reader may see it. What is sensitive or not known yet has no text, so that nothing can print it. */
export type Shown =
  | {
      readonly kind: 'value';
      readonly text: string;
      /** It is a string, not a number, a truth value or a collection written as JSON. */
      readonly quoted: boolean;
    }
  | { readonly kind: 'absent' | 'sensitive' | 'unknown' };

/** One attribute that differs. `path` reads as in the configuration: `tags.team`, `rule[0].port`. */
export interface AttributeChange {
  readonly path: string;
  readonly before: Shown;
  readonly after: Shown;
  /** This attribute is why the thing is replaced rather than changed in place. */
  readonly forcesReplacement: boolean;
}

/** One thing that a plan changes, whichever tool made the plan. Every string may come from a stranger. */
export interface ResourceChange {
  /** The thing's name in its tool: a Terraform address, a CloudFormation logical id, an Ansible host and task. */
  readonly address: string;
  readonly type: string;
  readonly kind: ChangeKind;
  readonly attributes: readonly AttributeChange[];
  /** Why, in a few words, where the tool says. */
  readonly reason?: string;
  readonly previousAddress?: string;
  /** This is not the thing itself but what an unfinished replacement of it left behind, under this key. */
  readonly deposed?: string;
}

/** One output of the configuration that differs. */
export interface OutputChange {
  readonly name: string;
  readonly kind: ChangeKind;
  readonly before: Shown;
  readonly after: Shown;
}

/** Something that is done beside the changes and leaves no state: a Terraform action (since 1.14), such as a Lambda call. */
export interface Invocation {
  readonly address: string;
  /** When, in the tool's words (`AfterCreate`); empty where it says nothing. */
  readonly event: string;
  /** The thing whose change triggers it; empty for none. */
  readonly resource: string;
}

/** A change of infrastructure, planned and not yet made. */
export interface InfraPlan {
  /** As a reader knows it: `Terraform 1.11.4`. */
  readonly tool: string;
  /** What differs between code and state; things that stay as they are are not in it. */
  readonly changes: readonly ResourceChange[];
  readonly outputs: readonly OutputChange[];
  /** What differs between state and reality: someone changed it by another way. */
  readonly drift: readonly ResourceChange[];
  readonly invocations: readonly Invocation[];
  /** A hash of all that the plan would do, hidden values included: equal plans, equal text. 64 hex digits. */
  readonly fingerprint: string;
}

/** How many things a plan creates, changes in place, replaces and deletes. */
export interface Totals {
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly delete: number;
}

export function totals(plan: InfraPlan): Totals {
  const count = (kind: ChangeKind) => plan.changes.filter((change) => change.kind === kind).length;
  return {
    add: count('create'),
    change: count('update'),
    replace: count('replace'),
    delete: count('delete'),
  };
}

/** Whether applying the plan would do anything at all. Data that is only read changes nothing. */
export function hasChanges(plan: InfraPlan): boolean {
  return (
    plan.changes.some(({ kind }) => kind !== 'read' && kind !== 'no-op') ||
    plan.outputs.length > 0 ||
    plan.invocations.length > 0
  );
}
