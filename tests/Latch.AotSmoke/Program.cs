using Latch.AotSmoke;

// What a native program can prove about itself: which kernels it has, that they agree, and the hash of a run.
return args switch
{
    ["cpu"] => CpuCommand.Run(),
    ["run", var model, var series, .. var options] => RunCommand.Run(model, series, options),
    ["replay", var folder, var model, .. var options] => ReplayCommand.Run(folder, model, options),
    ["equality", .. var options] => EqualityCommand.Run(options),
    ["guard"] => GuardCommand.Run(),
    _ => Usage.Show(),
};
