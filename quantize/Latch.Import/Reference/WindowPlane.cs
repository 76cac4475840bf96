using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Which elements of a plane its windows see. One spatial axis counts as a plane of height 1.</summary>
internal sealed class WindowPlane
{
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly int _width;
    private readonly int _kernelHeight;
    private readonly int _kernelWidth;
    private readonly int _windowsAcross;

    /// <param name="plane">The lengths of the plane, one or two.</param>
    /// <param name="windows">How many windows there are, along each axis.</param>
    /// <param name="kernel">The lengths of a window.</param>
    /// <param name="geometry">Where the windows lie.</param>
    public WindowPlane(ReadOnlySpan<int> plane, ReadOnlySpan<int> windows, ReadOnlySpan<int> kernel, WindowGeometry geometry)
    {
        int last = plane.Length - 1;
        _columns = Along(plane[last], windows[last], kernel[last], geometry, last);
        _rows = last == 0 ? [0] : Along(plane[0], windows[0], kernel[0], geometry, 0);
        (_width, _kernelWidth, _windowsAcross) = (plane[last], kernel[last], windows[last]);
        _kernelHeight = last == 0 ? 1 : kernel[0];
        Windows = TensorShape.Count(windows);
        Size = TensorShape.Count(plane);
    }

    /// <summary>The number of windows.</summary>
    public int Windows { get; }

    /// <summary>The number of elements of the plane.</summary>
    public int Size { get; }

    /// <summary>The number of elements of a window.</summary>
    public int Elements => _kernelHeight * _kernelWidth;

    /// <summary>Writes the positions in the plane of a window's elements, row by row; -1 for one outside.</summary>
    public void Find(int window, Span<int> positions)
    {
        int row = window / _windowsAcross * _kernelHeight;
        int column = window % _windowsAcross * _kernelWidth;
        for (int i = 0; i < positions.Length; i++)
        {
            int y = _rows[row + (i / _kernelWidth)];
            int x = _columns[column + (i % _kernelWidth)];
            positions[i] = y < 0 || x < 0 ? -1 : (y * _width) + x;
        }
    }

    /// <summary>For each window along one axis and each of its elements the coordinate, or -1.</summary>
    private static int[] Along(int length, int windows, int kernel, WindowGeometry geometry, int axis)
    {
        int[] coordinates = new int[windows * kernel];
        for (int i = 0; i < coordinates.Length; i++)
        {
            long at = ((long)(i / kernel) * geometry.Strides[axis]) + ((long)(i % kernel) * geometry.Dilations[axis]) - geometry.Before[axis];
            coordinates[i] = at >= 0 && at < length ? (int)at : -1;
        }
        return coordinates;
    }
}
