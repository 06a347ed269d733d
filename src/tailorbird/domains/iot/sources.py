"""Sensor records that can be drawn: what is measured, at which rates, in which units, and how people name it.

Rate times length lies between about 300 and 6,000 samples everywhere.
Covers: uniformly sampled records of one or three channels, and readings at irregular times. Does not cover: how the
values come about (`signals.py`), files (`layouts.py`).
"""

from __future__ import annotations

from tailorbird.core.block import Source
from tailorbird.domains.iot import signals

SOURCES: tuple[Source, ...] = (
    Source(
        "ecg", "electrocardiogram", "series", "mV", ("mV", "uV", "V"), (100.0, 125.0, 200.0, 250.0), (10.0, 24.0), signals.ecg,
        ("ecg", "ecg_mv_lead", "lead_ii", "ecg_signal", "heart"), ("ecg", "lead", "trace", "signal"), ("ecg", "lead_ii", "holter_strip", "patch_ecg"),
        frozenset({"any", "biosignal", "cardiac"}), 1.0,
        ("this ECG strip", "the ECG recording", "the electrocardiogram from our chest patch", "a single-lead ECG", "the heart signal of the Holter logger", "an ECG trace"),
        ("这段心电信号", "一段单导联心电图", "胸贴采集的心电记录", "这条 ECG 数据"),
    ),
    Source(
        "ppg", "photoplethysmogram", "series", "1", ("1",), (25.0, 50.0, 64.0, 100.0), (20.0, 55.0), signals.ppg,
        ("ppg", "green", "pleth", "ir", "pulse"), ("ppg", "pulse", "pleth", "green"), ("ppg", "wrist_ppg", "pleth", "finger_clip"),
        frozenset({"any", "biosignal", "cardiac"}), 0.5,
        ("this PPG recording", "the pulse wave from the wristband", "a photoplethysmogram", "the optical pulse signal", "the finger-clip PPG", "the pleth trace of the watch"),
        ("这段 PPG 信号", "手环采集的脉搏波", "光电容积脉搏波数据", "指夹传感器的脉搏信号"),
    ),
    Source(
        "respiration", "chest expansion", "series", "1", ("1",), (10.0, 20.0, 25.0, 32.0), (60.0, 180.0), signals.respiration,
        ("resp", "belt", "breathing", "chest", "respiration"), ("resp", "belt", "breath", "chest"), ("respiration", "belt", "breathing", "chest_belt"),
        frozenset({"any", "biosignal", "breathing"}), 1.0,
        ("this breathing belt recording", "the respiration signal", "the chest belt data", "a respiration trace from a sleep lab belt", "the breathing signal of the belt", "the chest expansion record"),
        ("这段呼吸带信号", "胸带测得的呼吸数据", "一段呼吸波形", "睡眠监测的呼吸信号"),
    ),
    Source(
        "emg", "surface electromyogram", "series", "mV", ("mV", "uV"), (500.0, 800.0, 1000.0), (4.0, 6.0), signals.emg,
        ("emg", "muscle", "biceps", "emg_raw"), ("emg", "muscle", "raw_emg"), ("emg", "forearm_emg", "biceps", "muscle"),
        frozenset({"any", "biosignal"}), 0.3,
        ("this EMG recording", "the surface EMG of the forearm", "the muscle signal", "an electromyogram from the biceps", "the EMG channel of the armband", "the raw muscle activity"),
        ("这段肌电信号", "前臂表面肌电数据", "臂环采集的 EMG", "肱二头肌的肌电记录"),
    ),
    Source(
        "eda", "skin conductance", "series", "1", ("1",), (4.0, 8.0, 10.0), (120.0, 480.0), signals.eda,
        ("eda", "gsr", "conductance", "skin"), ("eda", "gsr", "conductance", "skin"), ("eda", "gsr", "skin_conductance", "wrist_eda"),
        frozenset({"any", "biosignal"}), 7.0,
        ("this EDA recording", "the skin conductance of the wristband", "the GSR signal", "an electrodermal activity trace", "the skin conductance log", "the stress sensor's record"),
        ("这段皮电信号", "皮肤电导记录", "手环的 EDA 数据", "GSR 传感器数据"),
    ),
    Source(
        "arterial_pressure", "arterial pressure", "series", "kPa", ("kPa", "hPa"), (50.0, 100.0, 125.0), (12.0, 40.0), signals.arterial_pressure,
        ("abp", "pressure", "art", "arterial"), ("abp", "pressure", "arterial"), ("abp", "arterial_pressure", "art_line"),
        frozenset({"any", "biosignal", "cardiac"}), 13.0,
        ("this arterial pressure curve", "the ABP recording", "the arterial line signal", "a blood pressure waveform", "the invasive pressure trace", "the arterial pressure wave of the monitor"),
        ("这段动脉压波形", "动脉血压记录", "监护仪的有创血压信号", "ABP 数据"),
    ),
    Source(
        "acceleration", "acceleration magnitude", "series", "m/s2", ("m/s2", "g"), (25.0, 50.0, 100.0), (20.0, 55.0), signals.acceleration,
        ("acc", "magnitude", "acc_norm", "accel"), ("acc", "magnitude", "accel", "motion"), ("walk", "acceleration", "hip_sensor", "steps"),
        frozenset({"any", "motion"}), 10.0,
        ("this acceleration record", "the accelerometer magnitude from the hip sensor", "the walking data of the phone", "the motion recording", "the acceleration of the belt clip", "a log of acceleration magnitudes"),
        ("这段加速度数据", "腰部传感器的加速度幅值", "手机记录的步行数据", "运动加速度信号"),
    ),
    Source(
        "vibration", "vibration", "series", "m/s2", ("m/s2", "g"), (1000.0, 2000.0, 3200.0), (0.6, 1.8), signals.vibration,
        ("vibration", "acc_z", "vib", "bearing"), ("vibration", "vib", "shaking", "acc"), ("vibration", "bearing", "pump_case", "motor_vibration"),
        frozenset({"any", "vibration"}), 3.0,
        ("this vibration record", "the vibration of the pump housing", "the accelerometer signal of the bearing", "a vibration snapshot of the motor", "the gearbox vibration", "the machine's vibration signal"),
        ("这段振动信号", "泵壳体的振动数据", "轴承加速度信号", "电机振动记录"),
    ),
    Source(
        "audio", "sound", "series", "1", ("1",), (2000.0, 4000.0, 8000.0), (0.4, 0.75), signals.audio,
        ("audio", "samples", "mic", "sound"), ("audio", "sound", "samples", "mic"), ("clip", "audio", "microphone", "sound"),
        frozenset({"any", "audio"}), 0.4,
        ("this audio clip", "the microphone recording", "a short sound clip", "the sound from the door intercom", "the audio samples", "the recording of the smart speaker"),
        ("这段音频", "麦克风录音", "智能音箱的声音片段", "门铃对讲的录音"),
    ),
    Source(
        "sound_pressure", "sound pressure", "series", "Pa", ("Pa",), (2000.0, 4000.0, 8000.0), (0.4, 0.75), signals.sound_pressure,
        ("p_pa", "pressure", "sound", "spl"), ("pressure", "sound", "level"), ("noise", "sound_pressure", "measurement_mic", "hall"),
        frozenset({"any", "audio"}), 0.5,
        ("this sound pressure record", "the measurement microphone signal", "the noise recording of the hall", "the sound pressure at the machine", "a calibrated microphone record", "the acoustic signal in the workshop"),
        ("这段声压信号", "测量麦克风的声压记录", "车间噪声数据", "厂房的声压数据"),
    ),
    Source(
        "mains_current", "mains current", "series", "A", ("A", "mA"), (400.0, 800.0, 1000.0, 2000.0), (1.5, 2.8), signals.mains_current,
        ("current", "i", "amps", "clamp"), ("current", "amps", "clamp"), ("current", "clamp", "socket_current", "ct_clamp"),
        frozenset({"any", "power"}), 5.0,
        ("this mains current record", "the current clamp signal", "the current waveform of the socket", "the load current of the appliance", "a CT clamp recording", "the line current"),
        ("这段市电电流波形", "电流钳的信号", "插座电流记录", "负载电流数据"),
    ),
    Source(
        "mains_voltage", "mains voltage", "series", "V", ("V", "kV"), (400.0, 800.0, 1000.0, 2000.0), (1.5, 2.8), signals.mains_voltage,
        ("voltage", "u", "volts", "mains"), ("voltage", "volts", "mains"), ("voltage", "grid", "mains_voltage", "phase_l1"),
        frozenset({"any", "power"}), 230.0,
        ("this mains voltage record", "the grid voltage waveform", "the voltage at the socket", "a recording of the line voltage", "the power quality meter's voltage", "the mains waveform"),
        ("这段市电电压波形", "电网电压记录", "插座处的电压数据", "电能质量仪的电压信号"),
    ),
    Source(
        "household_power", "electrical power", "series", "W", ("W", "kW"), (1.0 / 60.0, 1.0 / 30.0, 0.1), (21600.0, 50000.0), signals.household_power,
        ("power", "watts", "load", "p_total"), ("power", "load", "demand", "watts"), ("house_power", "meter", "load_profile", "household"),
        frozenset({"any", "power", "slow"}), 500.0,
        ("this household power record", "the load profile of the house", "the power of the whole flat", "the smart plug's power log", "the household demand", "a log of the home's power draw"),
        ("这段家庭用电功率", "整户负荷曲线", "智能插座的功率记录", "住宅用电数据"),
    ),
    Source(
        "solar_power", "solar power", "series", "W", ("W", "kW"), (1.0 / 60.0, 1.0 / 30.0), (43200.0, 150000.0), signals.solar_power,
        ("pv", "power", "solar", "ac_power"), ("solar", "pv", "power", "generation"), ("pv", "solar", "inverter", "roof_pv"),
        frozenset({"any", "power", "slow"}), 2000.0,
        ("this solar power record", "the inverter's output log", "the PV generation of the roof", "the photovoltaic power curve", "the solar yield log", "the power of our panels"),
        ("这段光伏功率", "逆变器输出记录", "屋顶光伏的发电曲线", "太阳能发电数据"),
    ),
    Source(
        "indoor_temperature", "air temperature", "series", "degC", ("degC", "K", "degF"), (1.0 / 60.0, 1.0 / 30.0), (43200.0, 160000.0), signals.indoor_temperature,
        ("temperature", "temp", "t_room", "air"), ("temperature", "temp", "room"), ("room", "temperature", "living_room", "thermostat"),
        frozenset({"any", "slow"}), 21.0,
        ("this room temperature record", "the thermostat's temperature log", "the living room temperature", "a day of indoor temperature", "the temperature curve of the office", "the room sensor's log"),
        ("这段室温数据", "温控器的温度记录", "客厅温度曲线", "办公室的温度日志"),
    ),
    Source(
        "humidity", "relative humidity", "series", "%RH", ("%RH",), (1.0 / 60.0, 1.0 / 30.0), (43200.0, 160000.0), signals.humidity,
        ("humidity", "rh", "hum", "moist"), ("humidity", "rh", "moisture"), ("bathroom", "humidity", "rh_log", "hygrometer"),
        frozenset({"any", "slow"}), 50.0,
        ("this humidity record", "the bathroom humidity log", "the hygrometer data", "the relative humidity of the cellar", "the humidity curve", "the air moisture log"),
        ("这段湿度数据", "浴室湿度记录", "湿度计的日志", "地下室的相对湿度"),
    ),
    Source(
        "co2", "CO2 concentration", "series", "ppm", ("ppm",), (1.0 / 60.0, 1.0 / 30.0), (36000.0, 150000.0), signals.co2,
        ("co2", "ppm", "co2_level", "carbon_dioxide"), ("co2", "level", "air"), ("co2", "classroom", "air_quality", "meeting_room"),
        frozenset({"any", "slow", "level"}), 800.0,
        ("this CO2 record", "the classroom's CO2 log", "the air quality monitor's CO2", "the carbon dioxide curve of the meeting room", "the CO2 readings of the office", "the CO2 sensor data"),
        ("这段二氧化碳数据", "教室 CO2 记录", "会议室的二氧化碳曲线", "空气质量仪的 CO2 数据"),
    ),
    Source(
        "air_pressure", "air pressure", "series", "hPa", ("hPa", "Pa", "kPa"), (1.0 / 60.0, 1.0 / 30.0), (43200.0, 160000.0), signals.air_pressure,
        ("pressure", "baro", "p_air", "qfe"), ("pressure", "baro", "air"), ("barometer", "air_pressure", "weather_station"),
        frozenset({"any", "slow"}), 1013.0,
        ("this air pressure record", "the barometer log", "the weather station's pressure", "a barometric pressure curve", "the atmospheric pressure of the last days", "the pressure sensor's log"),
        ("这段气压数据", "气压计记录", "气象站的气压曲线", "大气压力日志"),
    ),
    Source(
        "light", "illuminance", "series", "lux", ("lux", "klux"), (1.0 / 60.0, 1.0 / 30.0), (36000.0, 160000.0), signals.light,
        ("lux", "light", "illuminance", "brightness"), ("light", "lux", "brightness"), ("light", "desk_light", "greenhouse", "lux_log"),
        frozenset({"any", "slow", "level"}), 400.0,
        ("this light record", "the illuminance at the desk", "the light sensor log", "the brightness of the greenhouse", "the lux readings", "the daylight curve of the room"),
        ("这段照度数据", "桌面光照记录", "光传感器日志", "温室的光照曲线"),
    ),
    Source(
        "water_flow", "water flow", "series", "L/min", ("L/min", "m3/h", "L/h"), (0.5, 1.0, 2.0), (900.0, 2800.0), signals.water_flow,
        ("flow", "flow_rate", "water", "q"), ("flow", "water", "rate_of_flow"), ("water_meter", "flow", "pipe", "mains_water"),
        frozenset({"any", "flow", "level"}), 6.0,
        ("this water flow record", "the flow meter log", "the water flow of the main pipe", "the pipe's flow rate", "the water meter's flow curve", "the flow sensor data of the bathroom"),
        ("这段水流量数据", "流量计记录", "主管道的水流量", "水表的流量曲线"),
    ),
    Source(
        "tank_level", "fill level", "series", "m", ("m", "cm", "mm"), (1.0 / 60.0, 1.0 / 30.0), (36000.0, 160000.0), signals.tank_level,
        ("level", "height", "tank", "depth"), ("level", "height", "depth"), ("tank", "cistern", "tank_level", "silo"),
        frozenset({"any", "slow", "level"}), 1.5,
        ("this tank level record", "the cistern's fill level", "the level sensor log", "the water level of the tank", "the ultrasonic level readings", "the filling height of the silo"),
        ("这段水箱液位数据", "蓄水池液位记录", "液位传感器日志", "水罐的水位曲线"),
    ),
    Source(
        "soil_moisture", "soil moisture", "series", "%", ("%",), (1.0 / 60.0, 1.0 / 30.0), (43200.0, 160000.0), signals.soil_moisture,
        ("soil", "moisture", "vwc", "soil_moisture"), ("moisture", "soil", "wetness"), ("garden", "soil", "field_probe", "flower_bed"),
        frozenset({"any", "slow", "level"}), 35.0,
        ("this soil moisture record", "the garden probe's log", "the moisture of the flower bed", "the soil sensor data", "the field probe's moisture curve", "the water content of the soil"),
        ("这段土壤湿度数据", "花园探头的记录", "田间土壤含水率", "花坛的土壤湿度曲线"),
    ),
    Source(
        "wind_speed", "wind speed", "series", "m/s", ("m/s", "km/h"), (0.5, 1.0, 2.0), (700.0, 2800.0), signals.wind_speed,
        ("wind", "speed", "wind_speed", "anemometer"), ("wind", "speed", "gusts"), ("wind", "anemometer", "mast", "weather_mast"),
        frozenset({"any", "flow"}), 6.0,
        ("this wind record", "the anemometer log", "the wind speed at the mast", "the wind data of the turbine", "the gusts on the roof", "the wind speed curve"),
        ("这段风速数据", "风速仪记录", "测风塔的风速", "屋顶的风速曲线"),
    ),
    Source(
        "rssi", "received signal strength", "series", "dBm", ("dBm",), (2.0, 5.0, 10.0), (160.0, 550.0), signals.rssi,
        ("rssi", "dbm", "signal_strength", "rx_level"), ("rssi", "strength", "rx_level"), ("rssi", "wifi", "beacon", "radio_link"),
        frozenset({"any", "level"}), 60.0,
        ("this RSSI record", "the signal strength log of the beacon", "the Wi-Fi signal strength", "the radio link's RSSI", "the received power of the LoRa node", "the Bluetooth RSSI trace"),
        ("这段 RSSI 数据", "信标的信号强度记录", "Wi-Fi 信号强度", "无线链路的接收电平"),
    ),
    Source(
        "gyro", "angular rate", "series", "deg/s", ("deg/s", "rad/s"), (50.0, 100.0, 104.0), (15.0, 55.0), signals.gyro,
        ("gyro", "shank", "omega", "gyro_y"), ("gyro", "omega", "swing"), ("gyro", "shank", "ankle_sensor", "limb"),
        frozenset({"any", "motion"}), 80.0,
        ("this gyroscope record", "the angular rate at the shank", "the gyro signal of the ankle sensor", "the rotation rate of the limb", "the leg swing data", "a single-axis gyro trace"),
        ("这段陀螺仪数据", "小腿角速度记录", "脚踝传感器的陀螺仪信号", "肢体摆动角速度"),
    ),
    Source(
        "network_traffic", "network traffic", "series", "kbit/s", ("kbit/s", "Mbit/s", "kB/s"), (0.2, 0.5, 1.0), (1800.0, 5500.0), signals.traffic,
        ("traffic", "throughput", "rx_rate", "load"), ("traffic", "throughput", "load"), ("traffic", "router", "gateway", "uplink"),
        frozenset({"any", "traffic"}), 1000.0,
        ("this traffic record", "the gateway's throughput log", "the network traffic of the router", "the uplink rate of the camera", "the data rate of the link", "the router's load curve"),
        ("这段网络流量数据", "网关吞吐量记录", "路由器的流量曲线", "摄像头的上行速率"),
    ),
    Source(
        "acceleration_axes", "acceleration along three axes", "multi", "m/s2", ("m/s2", "g"), (25.0, 50.0, 100.0), (20.0, 50.0), signals.acceleration_axes,
        ("ax ay az", "acc_x acc_y acc_z", "x y z", "accel_x accel_y accel_z"), ("acc", "axes", "accel", "xyz"), ("imu", "acceleration", "phone", "wrist_imu"),
        frozenset({"any", "motion", "multi3"}), 10.0,
        ("this three-axis acceleration record", "the accelerometer data of the watch", "the IMU's acceleration", "the phone's accelerometer log", "a three-axis accelerometer recording", "the acceleration on x, y and z"),
        ("这段三轴加速度数据", "手表的加速度计数据", "IMU 加速度记录", "手机三轴加速度日志"),
    ),
    Source(
        "gyro_axes", "angular rate about three axes", "multi", "deg/s", ("deg/s", "rad/s"), (50.0, 100.0), (15.0, 50.0), signals.gyro_axes,
        ("gx gy gz", "gyro_x gyro_y gyro_z", "wx wy wz"), ("gyro", "axes", "omega", "turns"), ("gyro", "imu_gyro", "drone", "headset"),
        frozenset({"any", "motion", "multi3"}), 80.0,
        ("this three-axis gyro record", "the gyroscope data of the drone", "the IMU's angular rates", "the rotation rates of the headset", "a three-axis gyroscope log", "the gyro on x, y and z"),
        ("这段三轴陀螺仪数据", "无人机的陀螺仪数据", "IMU 角速度记录", "头显的三轴角速度"),
    ),
    Source(
        "phase_currents", "currents of three phases", "multi", "A", ("A", "mA"), (400.0, 800.0, 1000.0, 2000.0), (1.5, 2.8), signals.phase_currents,
        ("i1 i2 i3", "l1 l2 l3", "phase_a phase_b phase_c", "ia ib ic"), ("currents", "phases", "lines"), ("three_phase", "motor_currents", "feeder", "drive"),
        frozenset({"any", "power", "multi3"}), 7.0,
        ("this three-phase current record", "the phase currents of the motor", "the currents of the feeder", "a three-phase current log", "the drive's line currents", "the currents on L1, L2 and L3"),
        ("这段三相电流数据", "电机三相电流记录", "馈线的三相电流", "变频器的相电流"),
    ),
    Source(
        "temperature_readings", "outdoor temperature", "values", "degC", ("degC", "K", "degF"), (1.0 / 300.0, 1.0 / 180.0, 1.0 / 120.0), (100000.0, 250000.0), signals.outdoor_readings,
        ("temperature", "temp", "outside", "air_temp"), ("temperature", "readings", "temp", "outdoor"), ("outdoor", "balcony", "lora_sensor", "readings"),
        frozenset({"any", "slow"}), 12.0,
        ("these outdoor temperature readings", "the readings of the balcony sensor", "the irregular temperature reports of the LoRa node", "the outdoor thermometer's reports", "the temperature messages", "the readings of the battery thermometer"),
        ("这些室外温度读数", "阳台传感器的读数", "LoRa 节点不定时上报的温度", "户外温度计的上报数据"),
    ),
    Source(
        "meter_readings", "power at the meter", "values", "W", ("W", "kW"), (1.0 / 60.0, 1.0 / 30.0, 0.05), (21600.0, 80000.0), signals.meter_readings,
        ("power", "watts", "p", "meter"), ("power", "readings", "watts", "load"), ("meter", "on_change", "smart_meter", "meter_reports"),
        frozenset({"any", "power", "slow"}), 500.0,
        ("these smart meter reports", "the power readings sent on change", "the irregular readings of the meter", "the smart plug's reports", "the meter's power messages", "the event-driven power log"),
        ("这些智能电表上报值", "变化时上报的功率读数", "电表的不定时读数", "智能插座的上报数据"),
    ),
    Source(
        "gps_speed", "speed over ground", "values", "m/s", ("m/s", "km/h"), (0.5, 1.0, 2.0), (700.0, 2800.0), signals.gps_speed,
        ("speed", "gps_speed", "v", "sog"), ("speed", "velocity", "readings"), ("trip", "gps", "tracker", "van"),
        frozenset({"any", "motion"}), 12.0,
        ("this GPS speed log", "the speed readings of the tracker", "the van's GPS speeds", "the irregular speed reports of the trip", "the speed over ground", "the tracker's speed messages"),
        ("这段 GPS 速度数据", "追踪器的速度读数", "货车行程的速度记录", "不定时上报的车速"),
    ),
)  # fmt: skip
"""Every source of the pack."""
