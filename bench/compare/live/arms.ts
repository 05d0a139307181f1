import { serviceNames } from '../../../src/domain/services.js';
import { arms, type Arm, type Member } from '../arms.js';
import { armNames } from '../data/names.js';

/** An arm whose payment service can be killed by itself. */
export interface LiveArm extends Arm {
  /** The process that carries out the payments. */
  readonly payer: string;
}

const payment = 'payment';
const others = serviceNames.filter((name) => name !== payment);

/** Where services carry the orders, payment has a process of its own; else it is the worker that pays. */
const liveArmOf = (arm: Arm): LiveArm => ({
  ...arm,
  payer: arm.doer === 'services' ? payment : arm.doer,
  members: arm.members.flatMap((member) => (member.role === 'services' ? split(member) : [member])),
});

const split = (member: Member): readonly Member[] => [
  { ...withServices(member, [payment]), name: payment },
  withServices(member, others),
];

const withServices = (member: Member, names: readonly string[]): Member => ({
  ...member,
  environment: { ...member.environment, SERVICES: names.join(',') },
});

export const liveArms: readonly LiveArm[] = armNames.map((name) => liveArmOf(arms[name]));
