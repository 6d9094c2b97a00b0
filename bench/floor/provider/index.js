// A provider that does nothing: it says yes to all that the engine asks.
exports.check = async (_olds, news) => ({ inputs: news, failures: [] });
exports.diff = async () => ({ changes: false });
exports.create = async (news) => ({ id: "made", outs: news });
exports.update = async (_id, _olds, news) => ({ outs: news });
exports.read = async (id, props) => ({ id, props });
exports.delete = async () => {};
