namespace Latch.Model.Validation;

/// <summary>Rules of the operations that move windows over their input.</summary>
internal static class WindowRules
{
    // Every position of a window, padding and dilation included, then stays within 32 bits.
    private const int MaxDistance = 1 << 24;

    private const int MaxGroups = 1 << 16;

    internal static void Check(RuleScope scope, ConvOperation operation, PlanRules plan)
    {
        (int rows, int columns) = OperationRules.CheckRows(scope, operation, plan);
        scope.CheckRange(operation.Channels, 1, int.MaxValue, "number of channels");
        scope.CheckRange(operation.Groups, 1, MaxGroups, "number of groups");
        if (operation.Channels % operation.Groups != 0 || rows % operation.Groups != 0)
            throw scope.Error(ModelFormatCode.Operand, $"Its {operation.Groups} groups divide {operation.Channels} channels and {rows} outputs unevenly.");
        CheckLayout(scope, operation.Window);
        long weights = OperationRules.Product(scope, operation.Channels / operation.Groups, operation.Window.Kernel.Rows, operation.Window.Kernel.Columns);
        if (columns != weights)
            throw scope.Error(ModelFormatCode.Constant, $"Its weights have {columns} columns; {operation.Channels / operation.Groups} channels of a window make {weights}.");
        plan.Read(scope, operation.Input, "input", OperationRules.Product(scope, operation.Batch, operation.Channels, operation.Window.Input.Rows, operation.Window.Input.Columns));
        plan.Write(scope, operation.Output, "output", OperationRules.Product(scope, operation.Batch, rows, operation.Window.Output.Rows, operation.Window.Output.Columns));
    }

    internal static void Check(RuleScope scope, PoolOperation operation, PlanRules plan)
    {
        scope.CheckKind(operation.Kind, PoolKind.AverageWithPadding);
        CheckLayout(scope, operation.Window);
        WindowLayout window = operation.Window;
        OperationRules.Product(scope, window.Kernel.Rows, window.Kernel.Columns);
        if (window.Spacing != new Extent(1, 1))
            throw scope.Error(ModelFormatCode.Range, "A pool's input has no spacing.");
        plan.Read(scope, operation.Input, "input", OperationRules.Product(scope, operation.Channels, window.Input.Rows, window.Input.Columns));
        plan.Write(scope, operation.Output, "output", OperationRules.Product(scope, operation.Channels, window.Output.Rows, window.Output.Columns));
        scope.CheckRescale(operation.Rescale, "rescale");
        if (!MeetsInput(window.Output.Rows, window.Stride.Rows, window.Padding.Rows, window.Kernel.Rows, window.Dilation.Rows, window.Input.Rows)
            || !MeetsInput(window.Output.Columns, window.Stride.Columns, window.Padding.Columns, window.Kernel.Columns, window.Dilation.Columns, window.Input.Columns))
            throw scope.Error(ModelFormatCode.Operand, "It has a window of padding alone.");
    }

    // Whether every window has an element in the input: those of the first window from 0 on, those of the last one below the length.
    private static bool MeetsInput(int windows, int stride, int padding, int length, int dilation, int input)
    {
        for (int window = 0; window < windows; window++)
        {
            long first = ((long)window * stride) - padding;
            long element = first >= 0 ? first : first + ((-first + dilation - 1) / dilation * dilation);
            if (element >= input || element > first + ((length - 1L) * dilation))
                return false;
        }
        return true;
    }

    private static void CheckLayout(RuleScope scope, WindowLayout? window)
    {
        scope.CheckPresent(window, ModelFormatCode.Operand, "window");
        CheckExtent(scope, window!.Input, 1, "input length");
        CheckExtent(scope, window.Output, 1, "output length");
        CheckExtent(scope, window.Kernel, 1, "window length");
        CheckExtent(scope, window.Stride, 1, "stride");
        CheckExtent(scope, window.Dilation, 1, "dilation");
        CheckExtent(scope, window.Spacing, 1, "spacing");
        CheckExtent(scope, window.Padding, -MaxDistance, "padding");
        CheckReach(scope, window.Output.Rows, window.Stride.Rows, window.Kernel.Rows, window.Dilation.Rows);
        CheckReach(scope, window.Output.Columns, window.Stride.Columns, window.Kernel.Columns, window.Dilation.Columns);
    }

    private static void CheckExtent(RuleScope scope, Extent extent, int minimum, string what)
    {
        scope.CheckRange(extent.Rows, minimum, MaxDistance, what);
        scope.CheckRange(extent.Columns, minimum, MaxDistance, what);
    }

    private static void CheckReach(RuleScope scope, int windows, int stride, int length, int dilation) =>
        scope.CheckRange(((windows - 1L) * stride) + ((length - 1L) * dilation), 0, int.MaxValue - MaxDistance, "distance from the first window's begin to the last one's end");
}
