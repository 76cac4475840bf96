using System.Device.I2c;
using System.Device.Spi;
using System.Numerics;
using Iot.Device.Ads1115;
using Iot.Device.Adxl345;
using Iot.Device.Bmxx80;
using Iot.Device.Bmxx80.ReadResult;
using Iot.Device.Imu;
using Iot.Device.Lm75;

namespace Latch.Sensors.Bindings;

/// <summary>BME280: temperature, pressure and humidity, compensated by the chip's own coefficients; one forced measurement a read.</summary>
internal sealed class Bme280Binding(I2cDevice device) : IBinding
{
    private readonly Bme280 _device = new(device);

    public SensorChannel[] Channels => [new("temp", "°C"), new("pressure", "kPa"), new("humidityrelative", "%")];

    public void Read(Span<float> sample)
    {
        Bme280ReadResult result = _device.Read();
        sample[0] = (float)(result.Temperature?.DegreesCelsius ?? double.NaN);
        sample[1] = (float)(result.Pressure?.Kilopascals ?? double.NaN);
        sample[2] = (float)(result.Humidity?.Percent ?? double.NaN);
    }

    public void Dispose() => _device.Dispose();
}

/// <summary>MPU-6050: acceleration and angular velocity.</summary>
internal sealed class Mpu6050Binding(I2cDevice device) : IBinding
{
    private readonly Mpu6050 _device = new(device);

    public SensorChannel[] Channels => [new("accel_x", "m/s²"), new("accel_y", "m/s²"), new("accel_z", "m/s²"), new("anglvel_x", "rad/s"), new("anglvel_y", "rad/s"), new("anglvel_z", "rad/s")];

    public void Read(Span<float> sample)
    {
        _device.GetAccelerometer().CopyTo(sample); // in m/s², other than that of the ADXL345
        (_device.GetGyroscopeReading() * (MathF.PI / 180)).CopyTo(sample[3..]);
    }

    public void Dispose() => _device.Dispose();
}

/// <summary>ADXL345 on SPI: acceleration in a range of ±16 g.</summary>
internal sealed class Adxl345Binding(SpiDevice device) : IBinding
{
    private readonly Adxl345 _device = new(device, GravityRange.Range16);

    public SensorChannel[] Channels => [new("accel_x", "m/s²"), new("accel_y", "m/s²"), new("accel_z", "m/s²")];

    public void Read(Span<float> sample)
    {
        Vector3 acceleration = _device.Acceleration * Units.Gravity;
        acceleration.CopyTo(sample);
    }

    public void Dispose() => _device.Dispose();
}

/// <summary>LM75: temperature.</summary>
internal sealed class Lm75Binding(I2cDevice device) : IBinding
{
    private readonly Lm75 _device = new(device);

    public SensorChannel[] Channels => [new("temp", "°C")];

    public void Read(Span<float> sample) => sample[0] = (float)_device.Temperature.DegreesCelsius;

    public void Dispose() => _device.Dispose();
}

/// <summary>ADS1115: four inputs against ground, one conversion each.</summary>
internal sealed class Ads1115Binding(I2cDevice device) : IBinding
{
    private static readonly InputMultiplexer[] s_inputs = [InputMultiplexer.AIN0, InputMultiplexer.AIN1, InputMultiplexer.AIN2, InputMultiplexer.AIN3];
    private readonly Ads1115 _device = new(device, InputMultiplexer.AIN0, MeasuringRange.FS4096, DataRate.SPS860, DeviceMode.PowerDown);

    public SensorChannel[] Channels => [new("ain0", "V"), new("ain1", "V"), new("ain2", "V"), new("ain3", "V")];

    public void Read(Span<float> sample)
    {
        for (int input = 0; input < s_inputs.Length; input++)
            sample[input] = (float)_device.ReadVoltage(s_inputs[input]).Volts;
    }

    public void Dispose() => _device.Dispose();
}

internal static class Units
{
    /// <summary>Standard gravity, m/s².</summary>
    internal const float Gravity = 9.80665f;
}
