/** Leads to what came first of a lane: `seq` ascends with acceptance, and what is tried again keeps it. */
export default `
CREATE INDEX queue_lane ON queue_states (lane, seq);
`;
